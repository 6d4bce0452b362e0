/** At which sides of a window there is more than it shows. */
export type More = 'none' | 'before' | 'after' | 'both';

/** Less than this is rounding. */
const SLACK = 2;

export function moreOf(box: { readonly scrollLeft: number; readonly clientWidth: number; readonly scrollWidth: number }): More {
  const before = box.scrollLeft > SLACK;
  const after = box.scrollWidth - box.clientWidth - box.scrollLeft > SLACK;
  if (before && after) return 'both';
  return before ? 'before' : after ? 'after' : 'none';
}
