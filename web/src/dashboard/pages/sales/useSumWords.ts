import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { majorUnits, type Amount, type Sum } from './salesSums';
import { salesWords } from './salesWords';

/** Sums as they are written. */
export function useSumWords() {
  const text = useWords(salesWords);
  const format = useFormat();
  const amount = (one: Amount) => format.money({ amount: majorUnits(one), currency: one.currency });
  return {
    amount,
    /** Every currency by itself. */
    amounts: ({ amounts }: Sum) => (amounts.length === 0 ? text.nothing : amounts.map(amount).join(' + ')),
    count: ({ trades, pieces }: Sum) =>
      trades === null ? text.pieces(format.number(pieces)) : text.trades(format.number(trades)),
  };
}
