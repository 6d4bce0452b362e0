import { toldFailure } from '../api/failure';
import { useFailureWords } from '../i18n/failureWords';
import type { Source } from '../live/model';
import { Notice } from './Notice';

/** Why an account's share of a list is missing; nothing where all answered. */
export function SourceNotices({ sources = [] }: { readonly sources?: readonly Source[] | undefined }) {
  const tell = useFailureWords();
  return sources.map(
    ({ account, error }) => error && <Notice key={account.id} tone="warn">{tell(toldFailure(error))}</Notice>,
  );
}
