// What JupyterLab and Notebook 7 load: a container as module federation has it, written by hand. The modules beside it are
// loaded as they are; packages of JupyterLab come from the scope that it shares with its extensions.
(() => {
  const address = document.currentScript.src;
  let scope = {};

  /**
   * A package of JupyterLab, as everybody has it; null if this application has none.
   * @param {string} name
   */
  async function shared(name) {
    const versions = Object.entries(scope[name] ?? {});
    if (versions.length === 0) return null;
    // The one in use; else the newest, which is what every other extension would take, too.
    versions.sort(([a, one], [b, other]) =>
      Number(!!one.loaded) - Number(!!other.loaded) ||
      a.localeCompare(b, "en", { numeric: true })
    );
    const factory = await versions[versions.length - 1][1].get();
    return factory();
  }

  globalThis._JUPYTERLAB = globalThis._JUPYTERLAB || {};
  globalThis._JUPYTERLAB["lyre-lab"] = {
    init(given) {
      scope = given;
    },
    async get(module) {
      if (module !== "./extension") {
        throw new Error(`lyre-lab has no module ${module}`);
      }
      const { plugins } = await import(new URL("extension.js", address).href);
      const content = { __esModule: true, default: await plugins(shared) };
      return () => content;
    },
  };
})();
