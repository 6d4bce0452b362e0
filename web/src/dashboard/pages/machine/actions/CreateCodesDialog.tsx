import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import {
  CreatePickupCodesDocument,
  MachineStockDocument,
  type CreatePickupCodesInput,
  type PickupCodeIssuer,
} from '../../../../generated/graphql';
import { useFormat, useWords } from '../../../i18n/LanguageProvider';
import { Notice } from '../../../parts/Notice';
import type { IdentifiedMachine } from '../IdentitySection';
import type { Abilities } from './abilities';
import { ActionForm } from './ActionForm';
import { problemsOf } from './actionState';
import { actionWords } from './actionWords';
import { CodeList } from './CodeList';
import { Field } from './Field';
import { createIntents, randomKey } from './intents';
import { useAction } from './useAction';

interface Props {
  readonly machine: IdentifiedMachine;
  readonly abilities: Abilities;
  readonly onClose: () => void;
}

const FIELDS = ['issuer', 'shelfId', 'productNumber', 'count', 'expiresAt'];

type Meant = Omit<CreatePickupCodesInput, 'idempotencyKey'>;

const intents = createIntents<Meant>(window.sessionStorage, 'vendgraph.dashboard.codes', randomKey);

/** Makes pickup codes for a machine. The same codes are never made twice, however often they are asked for. */
export function CreateCodesDialog({ machine, abilities, onClose }: Props) {
  const text = useWords(actionWords);
  const format = useFormat();
  const [, mutate] = useMutation(CreatePickupCodesDocument);
  const [{ data }] = useQuery({ query: MachineStockDocument, variables: { id: machine.id } });
  // What nobody knows the outcome of is offered again as it was: then it goes by the same key.
  const [pending] = useState(() => intents.pending(({ machineId }) => machineId === machine.id));
  const [issuer, setIssuer] = useState<PickupCodeIssuer>(pending?.issuer ?? abilities.issuers[0] ?? 'VENDOR');
  const [shelfId, setShelfId] = useState(pending?.shelfId ?? '');
  const [productNumber, setProductNumber] = useState(pending?.productNumber ?? '');
  const [count, setCount] = useState(String(pending?.count ?? 1));
  const [expiresAt, setExpiresAt] = useState(pending?.expiresAt ? localTime(new Date(pending.expiresAt)) : '');
  const [state, send] = useAction(
    mutate,
    ({ createPickupCodes: payload }) => payload && { result: payload.pickupCodes, userErrors: payload.userErrors },
    (codes) => codes.length > 0,
    ({ input: { idempotencyKey: _, ...meant } }) => intents.settle(meant),
  );
  const byShelf = issuer === 'VENDOR' && abilities.codesByShelf;
  const shelves = data?.machine?.shelves ?? [];
  const products = new Map(shelves.flatMap(({ product }) => (product ? [[product.number, product.name]] : [])));
  const problems = (field: string) => (state.step === 'asking' ? problemsOf(state.problems, field) : []);

  function start() {
    const input: Meant = {
      accountId: machine.account.id,
      machineId: machine.id,
      issuer,
      ...(byShelf && shelfId !== '' && { shelfId }),
      ...(!byShelf && productNumber !== '' && { productNumber }),
      ...((!byShelf || shelfId !== '') && { count: Number(count) }),
      ...(expiresAt !== '' && { expiresAt: new Date(expiresAt).toISOString() }),
    };
    send({ input: { ...input, idempotencyKey: intents.keyOf(input) } });
  }

  return (
    <ActionForm
      title={text.createTitle}
      submit={text.createCodes}
      state={state}
      fields={FIELDS}
      onSend={start}
      onClose={onClose}
      done={(codes) => (
        <>
          <p>{text.created(format.number(codes.length))}</p>
          <CodeList codes={codes.map(({ code }) => code)} />
        </>
      )}
    >
      {pending && state.step === 'asking' && !state.lost && <Notice tone="warn">{text.pending}</Notice>}
      {abilities.issuers.length > 1 && (
        <Field label={text.issuer} problems={problems('issuer')}>
          {(tied) => (
            <select {...tied} value={issuer} onChange={({ target }) => setIssuer(target.value as PickupCodeIssuer)}>
              <option value="VENDOR">{text.vendor}</option>
              <option value="GATEWAY">{text.gateway}</option>
            </select>
          )}
        </Field>
      )}
      {byShelf ? (
        <Field label={text.shelf} problems={problems('shelfId')}>
          {(tied) => (
            <select {...tied} value={shelfId} onChange={({ target }) => setShelfId(target.value)}>
              <option value="">{text.eachShelf}</option>
              {shelves.map(({ id, code, product }) => (
                <option key={id} value={id}>
                  {[code, product?.name].filter(Boolean).join(' · ')}
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : (
        <Field label={text.product} problems={problems('productNumber')}>
          {(tied) => (
            <select {...tied} value={productNumber} onChange={({ target }) => setProductNumber(target.value)}>
              <option value="">{text.anyProduct}</option>
              {[...products].map(([number, name]) => (
                <option key={number} value={number}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {(!byShelf || shelfId !== '') && (
        <Field label={text.count} problems={problems('count')}>
          {(tied) => (
            <input {...tied} type="number" min={1} step={1} required value={count} onChange={({ target }) => setCount(target.value)} />
          )}
        </Field>
      )}
      <Field label={text.expiresAt} problems={problems('expiresAt')}>
        {(tied) => (
          <input {...tied} type="datetime-local" value={expiresAt} onChange={({ target }) => setExpiresAt(target.value)} />
        )}
      </Field>
    </ActionForm>
  );
}

/** As a field of the type `datetime-local` has it. */
function localTime(instant: Date): string {
  return new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
