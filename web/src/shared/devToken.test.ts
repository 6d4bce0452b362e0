import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDevToken } from './devToken';

const PLACEHOLDER = '<meta name="vendgraph-dev-token" content="">';

function pageWith(content: string | null): Pick<Document, 'querySelector'> {
  const element = content === null ? null : { getAttribute: () => content };
  return { querySelector: () => element } as unknown as Pick<Document, 'querySelector'>;
}

describe('readDevToken', () => {
  it('reads the token that the server wrote', () => {
    expect(readDevToken(pageWith('a.b.c'))).toBe('a.b.c');
  });

  it.each(['', '  ', null])('finds none in %o', (content) => {
    expect(readDevToken(pageWith(content))).toBeNull();
  });
});

describe.each(['graphiql.html', 'dashboard.html'])('%s', (page) => {
  const html = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');

  it('holds the placeholder that the server replaces, once', () => {
    expect(html.split(PLACEHOLDER)).toHaveLength(2);
  });

  it('has no inline script, style or handler', () => {
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/i);
  });
});
