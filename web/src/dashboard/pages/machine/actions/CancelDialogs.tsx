import { useMutation } from 'urql';
import {
  CancelAllPickupCodesDocument,
  CancelPickupCodeDocument,
  type PickupCodeRowFragment,
} from '../../../../generated/graphql';
import { useWords } from '../../../i18n/LanguageProvider';
import { ActionForm } from './ActionForm';
import { actionWords } from './actionWords';
import { useAction } from './useAction';

interface CodeProps {
  readonly code: PickupCodeRowFragment;
  readonly onClose: () => void;
}

export function CancelCodeDialog({ code, onClose }: CodeProps) {
  const text = useWords(actionWords);
  const [, mutate] = useMutation(CancelPickupCodeDocument);
  const [state, send] = useAction(mutate, ({ cancelPickupCode: payload }) =>
    payload && { result: null, userErrors: payload.userErrors },
  );
  return (
    <ActionForm
      title={text.cancelCodeTitle(code.code)}
      submit={text.cancelCode}
      state={state}
      onSend={() => send({ input: { pickupCodeId: code.id } })}
      onClose={onClose}
    >
      <p>{text.cancelCodeTell}</p>
    </ActionForm>
  );
}

interface AllProps {
  readonly machineId: string;
  readonly onClose: () => void;
}

export function CancelAllDialog({ machineId, onClose }: AllProps) {
  const text = useWords(actionWords);
  const [, mutate] = useMutation(CancelAllPickupCodesDocument);
  const [state, send] = useAction(mutate, ({ cancelAllPickupCodes: payload }) =>
    payload && { result: null, userErrors: payload.userErrors },
  );
  return (
    <ActionForm
      title={text.cancelAllTitle}
      submit={text.cancelAll}
      state={state}
      onSend={() => send({ input: { machineId } })}
      onClose={onClose}
    >
      <p>{text.cancelAllTell}</p>
    </ActionForm>
  );
}
