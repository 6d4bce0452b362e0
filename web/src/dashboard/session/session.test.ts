import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../testing/memoryStorage';
import { createSession } from './session';

describe('a session', () => {
  it('begins with the developer’s token where there is one', () => {
    expect(createSession(memoryStorage(), 'dev').get().token).toBe('dev');
    expect(createSession(memoryStorage(), null).get().token).toBeNull();
  });

  it('outlives a reload of the page', () => {
    const storage = memoryStorage();
    createSession(storage, null).signIn('mine');
    expect(createSession(storage, 'dev').get().token).toBe('mine');
  });

  it.each(['a.b.c', ' Bearer a.b.c\n', '"a.b.c"'])('takes %j as it is pasted', (pasted) => {
    const session = createSession(memoryStorage(), null);
    session.signIn(pasted);
    expect(session.get().token).toBe('a.b.c');
  });

  it('says why it ended when the gateway refused the token, and keeps nothing', () => {
    const storage = memoryStorage();
    const session = createSession(storage, null);
    session.signIn('old');
    session.refuse('old');
    expect(session.get()).toEqual({ token: null, endReason: 'unauthorized' });
    expect(storage).toHaveLength(0);
  });

  it('is not ended by a late refusal of a token that was replaced', () => {
    const session = createSession(memoryStorage(), null);
    session.signIn('old');
    session.signIn('new');
    session.refuse('old');
    expect(session.get().token).toBe('new');
  });
});
