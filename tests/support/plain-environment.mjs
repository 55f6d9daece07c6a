import { createRequire } from 'node:module';
import vm from 'node:vm';

/** Jest's own environment for Node, as the version of Jest that is installed brings it. */
const { TestEnvironment } = createRequire(createRequire(import.meta.url).resolve('jest'))('jest-environment-node');

/**
 * Jest's environment on an ordinary global object. Its own is contextified and a proxy besides, which makes each look at a
 * global (`Math`, `Number`, `Map`) some hundred times as slow: a third of all the work of the tests in this process.
 */
export default class PlainEnvironment extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    // The parent makes its context right in its constructor, and has no option for its kind.
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
