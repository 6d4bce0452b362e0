import type { Capability, PickupCodeIssuer, PickupCodeState } from '../../../../generated/graphql';

/** What can be done with a machine: what the token allows and its vendor can do. */
export interface Abilities {
  readonly replenish: boolean;
  readonly readCodes: boolean;
  /** Who can make pickup codes for it; empty: nobody, or not this caller. */
  readonly issuers: readonly PickupCodeIssuer[];
  readonly writeCodes: boolean;
  readonly vendorCancels: boolean;
  /** Whether the vendor's codes are for shelves. */
  readonly codesByShelf: boolean;
}

export function abilitiesOf(scopes: readonly string[], capabilities: readonly Capability[]): Abilities {
  const can = (capability: Capability) => capabilities.includes(capability);
  const writeCodes = scopes.includes('pickup-codes:write');
  return {
    replenish: scopes.includes('replenish:write') && can('REPLENISH'),
    readCodes: scopes.includes('pickup-codes:read'),
    writeCodes,
    issuers: [
      ...(writeCodes && can('PICKUP_CODE_CREATE') ? (['VENDOR'] as const) : []),
      ...(writeCodes && can('PICKUP_CODE_VERIFY') ? (['GATEWAY'] as const) : []),
    ],
    vendorCancels: can('PICKUP_CODE_CANCEL'),
    codesByShelf: can('PICKUP_CODE_LIST'),
  };
}

export function canCancel(
  { writeCodes, vendorCancels }: Abilities,
  code: { readonly state: PickupCodeState; readonly issuer: PickupCodeIssuer },
): boolean {
  return writeCodes && code.state === 'UNUSED' && (code.issuer === 'GATEWAY' || vendorCancels);
}
