import { describe, expect, it } from 'vitest';
import { keptAfter, NOTHING_KEPT, type Kept } from './keptReading';

interface Data {
  readonly machine: {
    readonly shelves?: readonly string[] | null;
    readonly lastRefill?: string | null;
    readonly codes?: { readonly nodes: readonly string[]; readonly sources: readonly { readonly ok: boolean }[] };
  } | null;
}

const nothing: Kept<Data> = NOTHING_KEPT;
const read = (machine: Data['machine'], kept: Kept<Data> = nothing, now = 1) =>
  keptAfter(kept, { data: { machine }, failed: false, now });
const failed = (kept: Kept<Data>, data?: Data, now = 2) => keptAfter(kept, { data, failed: true, now });

describe('what is known of a machine', () => {
  it('is what was read', () => {
    expect(read({ shelves: ['A1'] })).toEqual({ data: { machine: { shelves: ['A1'] } }, readAt: 1, isOld: false });
    expect(failed(nothing)).toEqual(nothing);
  });

  it('stays while the gateway cannot be reached, and is old then', () => {
    expect(failed(read({ shelves: ['A1'] }))).toEqual({ data: { machine: { shelves: ['A1'] } }, readAt: 1, isOld: true });
  });

  it('stays while the next reading is under way', () => {
    const kept = read({ shelves: ['A1'] });
    expect(keptAfter(kept, { data: undefined, failed: false, now: 2 })).toBe(kept);
  });

  it('loses nothing to a field that failed; the others are new', () => {
    const kept = read({ shelves: ['A1'], lastRefill: 'then' });
    const after = failed(kept, { machine: { shelves: null, lastRefill: 'now' } });
    expect(after).toEqual({ data: { machine: { shelves: ['A1'], lastRefill: 'now' } }, readAt: 1, isOld: true });
    expect(failed(kept, { machine: null })).toEqual({ ...kept, isOld: true });
  });

  it('loses what the gateway says is no more', () => {
    expect(read({ lastRefill: null }, read({ lastRefill: 'then' }), 2).data).toEqual({ machine: { lastRefill: null } });
  });

  it('keeps the rows of a list whose source failed, and is told why', () => {
    const kept = read({ codes: { nodes: ['614956'], sources: [{ ok: true }] } });
    const after = read({ codes: { nodes: [], sources: [{ ok: false }] } }, kept, 2);
    expect(after).toMatchObject({ data: { machine: { codes: { nodes: ['614956'], sources: [{ ok: false }] } } }, isOld: true });
    expect(read({ codes: { nodes: [], sources: [{ ok: true }] } }, after, 3)).toMatchObject({ isOld: false, readAt: 3 });
  });
});
