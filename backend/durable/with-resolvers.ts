/** The SDK needs `Promise.withResolvers` (Node 22). The command line starts a backend with the person's own Node, from 20.12 on. */
if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', {
    configurable: true,
    writable: true,
    value: function withResolvers(this: PromiseConstructor) {
      let resolve: unknown;
      let reject: unknown;
      const promise = new this((onResolve, onReject) => {
        resolve = onResolve;
        reject = onReject;
      });
      return { promise, resolve, reject };
    },
  });
}
