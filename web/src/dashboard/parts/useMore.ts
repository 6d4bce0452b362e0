import { useCallback, useState } from 'react';
import { moreOf, type More } from './more';

/** Whether an element could be scrolled sideways, and whither; kept while it and what is in it changes its size. */
export function useMore(): readonly [(element: HTMLElement | null) => (() => void) | undefined, More] {
  const [more, setMore] = useState<More>('none');
  const watch = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const look = () => setMore(moreOf(element));
    const sized = new ResizeObserver(look);
    const observeAll = () => {
      sized.disconnect();
      for (const each of [element, ...element.children]) sized.observe(each);
    };
    const changed = new MutationObserver(observeAll);
    observeAll();
    changed.observe(element, { childList: true });
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sized.disconnect();
      changed.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  return [watch, more];
}
