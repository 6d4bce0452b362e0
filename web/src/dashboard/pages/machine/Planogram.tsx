import { shelfStateWords } from '../../i18n/deliveryWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Badge } from '../../parts/Badge';
import { machinePageWords } from './machinePageWords';
import { conditionOf, isSoldOut, stockShare, type CabinetPlan, type Shelf } from './planogram';
import styles from './Planogram.module.css';

interface Props {
  readonly plan: CabinetPlan;
  /** Null: the token or the vendor does not allow it. */
  readonly onRefill: ((shelf: Shelf) => void) | null;
}

/** The shelves of a cabinet, each where it is: in rows where the codes tell them, else one after the other. */
export function Planogram({ plan, onRefill }: Props) {
  const text = useWords(machinePageWords);
  const { columns } = plan;
  return (
    <div className={styles.cabinet}>
      <h3>{text.cabinet(plan.cabinet)}</h3>
      <ul
        className={columns === null ? styles.flow : styles.grid}
        style={columns === null ? undefined : { gridTemplateColumns: `repeat(${columns}, minmax(7.25rem, 1fr))` }}
      >
        {plan.places.map(({ shelf, at }) => (
          <li key={shelf.id} style={at ? { gridRow: at.row, gridColumn: at.column } : undefined}>
            {onRefill ? (
              <button type="button" className={cellClass(shelf)} title={text.refill} onClick={() => onRefill(shelf)}>
                {/* What a click does, for who only hears its name. */}
                <span className="unseen">{text.refill}: </span>
                <ShelfCell shelf={shelf} />
              </button>
            ) : (
              <div className={cellClass(shelf)}>
                <ShelfCell shelf={shelf} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function cellClass(shelf: Shelf): string {
  return `${styles.cell} ${styles[conditionOf(shelf)]}`;
}

function ShelfCell({ shelf }: { readonly shelf: Shelf }) {
  const text = useWords(machinePageWords);
  const states = useWords(shelfStateWords);
  const format = useFormat();
  const condition = conditionOf(shelf);
  return (
    <>
      <span className={styles.top}>
        <strong>{shelf.code}</strong>
        {shelf.price && <span>{format.money(shelf.price)}</span>}
      </span>
      <span className={styles.product}>{shelf.product?.name ?? <span className="soft">{text.empty}</span>}</span>
      <Stock shelf={shelf} />
      {condition === 'broken' && <Badge tone="bad">{states[shelf.state]}</Badge>}
      {isSoldOut(shelf) && <Badge tone="warn">{text.soldOut}</Badge>}
      {condition === 'low' && <Badge tone="warn">{text.low}</Badge>}
    </>
  );
}

function Stock({ shelf }: { readonly shelf: Shelf }) {
  const text = useWords(machinePageWords);
  const format = useFormat();
  const { stock, capacity, soldSinceRefill } = shelf;
  const share = stockShare(shelf);
  return (
    <span className={styles.stock}>
      {share !== null && (
        <span className={styles.bar} aria-hidden="true">
          <span style={{ inlineSize: `${share * 100}%` }} />
        </span>
      )}
      <span className="small">
        {stock && (capacity ? text.stock(format.number(stock.quantity), format.number(capacity)) : text.pieces(format.number(stock.quantity)))}
        {stock?.basis === 'ESTIMATED' && <em className="soft"> {text.estimated}</em>}
        {!stock && soldSinceRefill === null && <span className="soft">{text.stockUnknown}</span>}
        {!stock && soldSinceRefill !== null && <span className="soft">{text.sold(format.number(soldSinceRefill))}</span>}
      </span>
    </span>
  );
}
