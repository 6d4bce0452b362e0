import { useWords } from '../../i18n/LanguageProvider';
import styles from './Filters.module.css';
import { machinesWords } from './machinesWords';

interface Props<Value extends string> {
  readonly label: string;
  readonly value: Value | null;
  /** What can be chosen, each with its name. */
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value | null) => void;
}

/** One of many, or any. */
export function Choice<Value extends string>({ label, value, options, onChange }: Props<Value>) {
  const text = useWords(machinesWords);
  const isListed = value === null || options.some(([option]) => option === value);
  return (
    <label className={styles.field}>
      <span className="soft small">{label}</span>
      <select
        className="button"
        value={value ?? ''}
        onChange={({ target }) => onChange(options.find(([option]) => option === target.value)?.[0] ?? null)}
      >
        <option value="">{text.any}</option>
        {/* What a link names may not be read yet. */}
        {!isListed && <option value={value}>…</option>}
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TruthProps {
  readonly label: string;
  readonly value: boolean | null;
  readonly yes: string;
  readonly no: string;
  readonly onChange: (value: boolean | null) => void;
}

/** Yes, no, or either. */
export function TruthChoice({ label, value, yes, no, onChange }: TruthProps) {
  return (
    <Choice
      label={label}
      value={value === null ? null : value ? 'yes' : 'no'}
      options={[
        ['yes', yes],
        ['no', no],
      ]}
      onChange={(chosen) => onChange(chosen === null ? null : chosen === 'yes')}
    />
  );
}
