import type { MachineIdentityQuery } from '../../../generated/graphql';
import { vendorWords } from '../../i18n/healthWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { machineWords } from '../../i18n/machineWords';
import { Section } from '../../parts/Section';
import { Facts } from './Facts';
import { machinePageWords } from './machinePageWords';

export type IdentifiedMachine = NonNullable<MachineIdentityQuery['machine']>;

/** What the machine is and where it stands. */
export function IdentitySection({ machine }: { readonly machine: IdentifiedMachine }) {
  const text = useWords(machinePageWords);
  const vendors = useWords(vendorWords);
  const { states } = useWords(machineWords);
  const format = useFormat();
  const { location, site } = machine;
  return (
    <Section title={text.machine}>
      <Facts
        facts={[
          [text.vendor, vendors[machine.vendor]],
          [text.account, machine.account.name],
          [text.operation, machine.operatingState === 'UNKNOWN' ? null : states[machine.operatingState]],
          [text.kind, machine.kind && text.kinds[machine.kind]],
          [text.manufacturer, machine.manufacturer],
          [text.site, site && <a href={`#/machines?site=${encodeURIComponent(site.id)}`}>{site.name}</a>],
          [text.line, machine.line?.name],
          [text.address, machine.address],
          [text.area, machine.areaName],
          [text.position, location && `${location.latitude.toFixed(5)}, ${location.longitude.toFixed(5)}`],
          [text.createdAt, machine.createdAt && format.dateTime(machine.createdAt)],
        ]}
      />
    </Section>
  );
}
