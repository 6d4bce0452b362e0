export interface Format {
  number(value: number): string;
  /** A share of 1 as per cent. */
  percent(share: number): string;
  /** `Money` of the API. */
  money(money: { readonly amount: string; readonly currency: string }): string;
  /** Date and time of an instant, in the browser's time zone. */
  dateTime(instant: string | number): string;
  /** Date and time of an instant with seconds and the zone, short enough for a list: "22 Nov, 12:35:01 UTC". */
  instant(instant: string | number): string;
  /** Hour and minute. */
  minute(instant: string | number): string;
  /** What the browser's time zone is called at an instant. */
  zone(instant: string | number): string;
  /** The time of day with seconds. */
  time(instant: string | number): string;
  /** How long ago something was: "12 seconds ago". */
  ago(milliseconds: number): string;
  /** How long something takes: "12 seconds". */
  duration(milliseconds: number): string;
}

const STEPS = [
  { unit: 'day', milliseconds: 86_400_000 },
  { unit: 'hour', milliseconds: 3_600_000 },
  { unit: 'minute', milliseconds: 60_000 },
] as const;

export function createFormat(tag: string): Format {
  const number = new Intl.NumberFormat(tag);
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 });
  const dateTime = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  const time = new Intl.DateTimeFormat(tag, { timeStyle: 'medium' });
  const instantFormat = new Intl.DateTimeFormat(tag, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  const minute = new Intl.DateTimeFormat(tag, { timeStyle: 'short' });
  const currencies = new Map<string, Intl.NumberFormat>();
  const relative = new Intl.RelativeTimeFormat(tag, { style: 'short', numeric: 'always' });
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    // Exact: `format` takes a decimal's text as it is, without a detour over a float.
    money: ({ amount, currency }) => {
      const known = currencies.get(currency);
      const format = known ?? new Intl.NumberFormat(tag, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
      if (!known) currencies.set(currency, format);
      return format.format(amount as Intl.StringNumericLiteral);
    },
    dateTime: (instant) => dateTime.format(new Date(instant)),
    instant: (instant) => instantFormat.format(new Date(instant)),
    minute: (instant) => minute.format(new Date(instant)),
    zone: (instant) =>
      instantFormat.formatToParts(new Date(instant)).find(({ type }) => type === 'timeZoneName')?.value ?? '',
    time: (instant) => time.format(new Date(instant)),
    ago: (milliseconds) => {
      const { value, unit } = inUnits(milliseconds);
      return relative.format(-value, unit);
    },
    duration: (milliseconds) => {
      const { value, unit } = inUnits(milliseconds);
      return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
    },
  };
}

function inUnits(milliseconds: number) {
  const whole = Math.max(0, milliseconds);
  const step = STEPS.find((candidate) => whole >= candidate.milliseconds);
  return step
    ? { value: Math.floor(whole / step.milliseconds), unit: step.unit }
    : { value: Math.floor(whole / 1000), unit: 'second' as const };
}
