// Specs run as compiled (tsc -b): a type error fails the run before, and no second compiler has a say.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;
const dists = [...['libs', 'services'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name))), 'tools', 'tests'].map((project) => join(root, project, 'dist'));
const ifThere = (name, path) => (existsSync(join(root, path)) ? { [name]: join(root, path) } : {});

export default {
  rootDir: root,
  roots: dists.filter((dist) => existsSync(dist)),
  testMatch: ['**/*.spec.js'],
  transform: {},
  maxWorkers: 2,
  // Every spec loads its modules anew, and a worker keeps those of all before: with gigabytes to give back it ends too late for jest.
  workerIdleMemoryLimit: '700MB',
  testTimeout: 90_000,
  watchman: false,
  ...ifThere('globalSetup', 'libs/testing/dist/jest-setup.js'),
  ...ifThere('globalTeardown', 'libs/testing/dist/jest-teardown.js'),
};
