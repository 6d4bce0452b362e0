import { useState } from 'react';
import { useMutation } from 'urql';
import { ReplenishShelfDocument } from '../../../../generated/graphql';
import { useFormat, useWords } from '../../../i18n/LanguageProvider';
import type { Shelf } from '../planogram';
import { ActionForm } from './ActionForm';
import { problemsOf } from './actionState';
import { actionWords } from './actionWords';
import { Field } from './Field';
import { useAction } from './useAction';

interface Props {
  readonly shelf: Shelf;
  readonly onClose: () => void;
}

/** Says how many pieces a shelf holds now: to say it twice changes nothing. */
export function ReplenishShelfDialog({ shelf, onClose }: Props) {
  const text = useWords(actionWords);
  const format = useFormat();
  const [, mutate] = useMutation(ReplenishShelfDocument);
  const [quantity, setQuantity] = useState(String(shelf.capacity ?? ''));
  const [state, send] = useAction(mutate, ({ replenishShelf: payload }) =>
    payload && { result: null, userErrors: payload.userErrors },
  );
  return (
    <ActionForm
      title={text.refillShelf(shelf.code)}
      submit={text.send}
      state={state}
      fields={['quantity']}
      onSend={() => send({ input: { shelfId: shelf.id, quantity: Number(quantity) } })}
      onClose={onClose}
    >
      {shelf.product && <p>{shelf.product.name}</p>}
      <Field
        label={text.quantity}
        hint={shelf.capacity === null ? undefined : text.quantityHint(format.number(shelf.capacity))}
        problems={state.step === 'asking' ? problemsOf(state.problems, 'quantity') : []}
      >
        {(tied) => (
          // How much fits is the gateway's to say: it may know better than this page.
          <input
            {...tied}
            type="number"
            inputMode="numeric"
            min={0}
            step={1}
            required
            autoFocus
            value={quantity}
            onChange={(event) => setQuantity(event.target.value)}
          />
        )}
      </Field>
    </ActionForm>
  );
}
