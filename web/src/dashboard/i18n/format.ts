export interface Format {
  number(value: number): string;
  /** A share of 1 as per cent. */
  percent(share: number): string;
  /** `Money` of the API. */
  money(money: { readonly amount: string; readonly currency: string }): string;
  /** Date and time of an instant, in the browser's time zone. */
  dateTime(instant: string | number): string;
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
  const relative = new Intl.RelativeTimeFormat(tag, { style: 'short', numeric: 'always' });
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    // Exact: `format` takes a decimal's text as it is, without a detour over a float.
    money: ({ amount, currency }) =>
      new Intl.NumberFormat(tag, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(
        amount as Intl.StringNumericLiteral,
      ),
    dateTime: (instant) => dateTime.format(new Date(instant)),
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
