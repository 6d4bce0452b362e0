import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { CreatePickupCodesDocument, MachineStockDocument, type PickupCodeIssuer } from '../../../../generated/graphql';
import { useFormat, useWords } from '../../../i18n/LanguageProvider';
import type { IdentifiedMachine } from '../IdentitySection';
import type { Abilities } from './abilities';
import { ActionForm } from './ActionForm';
import { createIntent, problemsOf, randomKey } from './actionState';
import { actionWords } from './actionWords';
import { CodeList } from './CodeList';
import { Field } from './Field';
import { useAction } from './useAction';

interface Props {
  readonly machine: IdentifiedMachine;
  readonly abilities: Abilities;
  readonly onClose: () => void;
}

const FIELDS = ['issuer', 'shelfId', 'productNumber', 'count', 'expiresAt'];

/** Makes pickup codes for a machine. The same codes are never made twice, however often they are asked for. */
export function CreateCodesDialog({ machine, abilities, onClose }: Props) {
  const text = useWords(actionWords);
  const format = useFormat();
  const [, mutate] = useMutation(CreatePickupCodesDocument);
  const [{ data }] = useQuery({ query: MachineStockDocument, variables: { id: machine.id } });
  const [keyOf] = useState(() => createIntent(randomKey));
  const [issuer, setIssuer] = useState<PickupCodeIssuer>(abilities.issuers[0] ?? 'VENDOR');
  const [shelfId, setShelfId] = useState('');
  const [productNumber, setProductNumber] = useState('');
  const [count, setCount] = useState('1');
  const [expiresAt, setExpiresAt] = useState('');
  const [state, send] = useAction(
    mutate,
    ({ createPickupCodes: payload }) => payload && { result: payload.pickupCodes, userErrors: payload.userErrors },
    (codes) => codes.length > 0,
  );
  const byShelf = issuer === 'VENDOR' && abilities.codesByShelf;
  const shelves = data?.machine?.shelves ?? [];
  const products = new Map(shelves.flatMap(({ product }) => (product ? [[product.number, product.name]] : [])));
  const problems = (field: string) => (state.step === 'asking' ? problemsOf(state.problems, field) : []);

  function start() {
    const input = {
      accountId: machine.account.id,
      machineId: machine.id,
      issuer,
      ...(byShelf && shelfId !== '' && { shelfId }),
      ...(!byShelf && productNumber !== '' && { productNumber }),
      ...((!byShelf || shelfId !== '') && { count: Number(count) }),
      ...(expiresAt !== '' && { expiresAt: new Date(expiresAt).toISOString() }),
    };
    send({ input: { ...input, idempotencyKey: keyOf(input) } });
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
