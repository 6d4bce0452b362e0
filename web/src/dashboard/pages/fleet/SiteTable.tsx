import { useState } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Section } from '../../parts/Section';
import { CountCells, CountHeads } from './CountCells';
import type { SiteCounts } from './fleetCounts';
import { fleetWords } from './fleetWords';

const FEW = 12;

/** The sites, those in trouble first; few of them until somebody asks for all. */
export function SiteTable({ sites }: { readonly sites: readonly SiteCounts[] }) {
  const text = useWords(fleetWords);
  const format = useFormat();
  const [all, setAll] = useState(false);
  if (sites.length === 0) return <Section title={text.sites}><p className="soft">{text.noSites}</p></Section>;
  return (
    <Section
      title={text.sites}
      action={
        sites.length > FEW && (
          <button type="button" className="button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? text.fewerSites : text.allSites(format.number(sites.length))}
          </button>
        )
      }
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{text.site}</th>
            <CountHeads />
          </tr>
        </thead>
        <tbody>
          {sites.slice(0, all ? sites.length : FEW).map(({ id, name, counts }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <CountCells counts={counts} />
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
