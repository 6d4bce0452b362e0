import { useState } from 'react';
import { useMutation } from 'urql';
import { ReplenishMachineDocument } from '../../../../generated/graphql';
import { useWords } from '../../../i18n/LanguageProvider';
import { ActionForm } from './ActionForm';
import { problemsOf } from './actionState';
import { actionWords } from './actionWords';
import { Field } from './Field';
import { useAction } from './useAction';

interface Props {
  readonly machineId: string;
  readonly cabinets: readonly string[];
  readonly onClose: () => void;
}

/** Says that every shelf of a machine, or of one of its cabinets, is full. */
export function ReplenishMachineDialog({ machineId, cabinets, onClose }: Props) {
  const text = useWords(actionWords);
  const [, mutate] = useMutation(ReplenishMachineDocument);
  const [cabinet, setCabinet] = useState('');
  const [state, send] = useAction(mutate, ({ replenishMachine: payload }) =>
    payload && { result: null, userErrors: payload.userErrors },
  );
  return (
    <ActionForm
      title={text.refillMachine}
      submit={text.send}
      state={state}
      fields={['cabinet']}
      onSend={() => send({ input: { machineId, ...(cabinet !== '' && { cabinet }) } })}
      onClose={onClose}
    >
      <p>{text.refillMachineTell}</p>
      {cabinets.length > 1 && (
        <Field label={text.part} problems={state.step === 'asking' ? problemsOf(state.problems, 'cabinet') : []}>
          {(tied) => (
            <select {...tied} value={cabinet} onChange={(event) => setCabinet(event.target.value)}>
              <option value="">{text.whole}</option>
              {cabinets.map((name) => (
                <option key={name} value={name}>
                  {text.cabinet(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </ActionForm>
  );
}
