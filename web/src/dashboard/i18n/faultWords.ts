import { words, type Language } from './text';

interface Fault {
  readonly name: string;
  readonly code: string | null;
  readonly cabinet: string | null;
}

const faultWords = words(
  {
    jammed: 'jammed',
    'motor fault': 'motor fault',
    'controller does not answer': 'controller does not answer',
    at: (shelf: string, what: string) => `${shelf}: ${what}`,
    cabinet: (name: string) => `Cabinet ${name}`,
    code: (code: string) => `Vendor’s code ${code}`,
    list: ', ',
  },
  {
    jammed: '卡货',
    'motor fault': '电机故障',
    'controller does not answer': '控制器无响应',
    at: (shelf: string, what: string) => `${shelf}：${what}`,
    cabinet: (name: string) => `货柜 ${name}`,
    code: (code: string) => `供应商代码 ${code}`,
    list: '，',
  },
);

/** What the gateway says where its vendor has a number and no words: a shelf, if it is known, and how it is. */
const OURS = /^(?:(\S+): )?(jammed|motor fault|controller does not answer)$/;

/** What is broken. Words of a vendor's own stay as they are. */
export function tellFault(language: Language, { name }: Pick<Fault, 'name'>): string {
  const [, shelf, state] = OURS.exec(name) ?? [];
  if (state === undefined) return name;
  const text = faultWords[language];
  const what = text[state as 'jammed'];
  return shelf === undefined ? what : text.at(shelf, what);
}

/** Where it is, and by which code the vendor knows it: of what is told in words, the code says nothing more. */
export function tellFaultPlace(language: Language, { name, code, cabinet }: Fault): string {
  const text = faultWords[language];
  const shown = [cabinet && text.cabinet(cabinet), code !== null && !OURS.test(name) && code !== name && text.code(code)];
  return shown.filter(Boolean).join(text.list);
}
