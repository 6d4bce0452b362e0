import { MachineSalesDocument } from '../../../generated/graphql';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Ago } from '../../parts/Ago';
import { AsOf } from '../../parts/AsOf';
import { Section } from '../../parts/Section';
import { Facts } from './Facts';
import { machinePageWords } from './machinePageWords';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { useMachineReading } from './useMachineReading';

/** When the machine was refilled last, and what it sold since. */
export function SalesSection({ id }: { readonly id: string }) {
  const text = useWords(machinePageWords);
  const format = useFormat();
  const reading = useMachineReading(MachineSalesDocument, id, ['REFILL', 'TRADE']);
  const machine = reading.data?.machine;
  const sales = machine?.salesSinceRefill;
  const refill = machine?.lastRefill;
  const sold = sales?.products.filter((product) => product.sold > 0) ?? [];
  const pieces = sold.reduce((sum, product) => sum + product.sold, 0);
  return (
    <Section title={text.sales} action={sales && <AsOf freshness={sales.freshness} isOld={reading.isOld} />}>
      <ReadingNotice reading={reading} />
      {machine && (
        <Facts
          facts={[
            [
              text.lastRefill,
              refill ? (
                <>
                  {format.dateTime(refill.refilledAt)} <span className="soft">(<Ago at={refill.refilledAt} />)</span>
                </>
              ) : (
                <span className="soft">{text.noRefill}</span>
              ),
            ],
            [
              text.settled,
              refill && `${text.pieces(format.number(refill.total.count))} · ${format.money(refill.total.amount)}`,
            ],
            [
              text.soldSince,
              sales ? (
                sold.length > 0 ? (
                  <>
                    <strong>{text.pieces(format.number(pieces))}</strong>
                    {' · '}
                    {sold.map(({ productName, productNumber, sold: count }) => `${productName ?? productNumber} × ${count}`).join(', ')}
                  </>
                ) : (
                  text.nothingSold
                )
              ) : (
                <span className="soft">{text.noSales}</span>
              ),
            ],
          ]}
        />
      )}
    </Section>
  );
}
