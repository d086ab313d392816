// The server behind the page: its address, whether it answers, and in which words to say why it does not.

/** Lyre does not answer, for a reason with a remedy. */
export class Problem extends Error {
  /**
   * @param {string} message what happened
   * @param {string} remedy what to do
   * @param {string} [command] what to type
   */
  constructor(message, remedy, command = "") {
    super(command ? `${message} ${remedy} ${command}` : `${message} ${remedy}`);
    Object.assign(this, { reason: message, remedy, command });
  }
}

export class Server {
  constructor(lab) {
    this.lab = lab;
    this.base = lab.coreutils.PageConfig.getBaseUrl();
  }

  /** The address of a page, below that of this Jupyter server. */
  address(hash) {
    return this.lab.coreutils.URLExt.join(this.base, "lyre/") + hash;
  }

  /** The address of a pipeline's page. */
  static hash(path) {
    return `#/edit/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  /** Waits until Lyre answers, which starts it if need be. Throws Problem. */
  async check() {
    const response = await this.request("lyre/api/session");
    if (response.ok) return;
    const message = await reason(response);
    const info = await this.request("server-proxy/servers-info");
    if (info.status === 404) {
      throw new Problem(
        "Lyre's page needs jupyter-server-proxy, and this Jupyter server has none.",
        "Install it in the server's environment, then start the server again:",
        'pip install "lyre-notebook[lab]"',
      );
    }
    const known = info.ok ? (await info.json()).server_processes : [];
    if (info.ok && !known.some(({ name }) => name === "lyre")) {
      throw new Problem(
        "This Jupyter server does not know Lyre.",
        "Start the server again if lyre-notebook was installed while it ran; else install it in the server's environment:",
        'pip install "lyre-notebook[lab]"',
      );
    }
    throw new Problem(
      `Lyre did not start: ${message}.`.replace("..", "."),
      "The log of the Jupyter server says more.",
    );
  }

  /**
   * Creates a pipeline with a name that is free.
   * @param {string} folder relative to the server's root
   * @returns {Promise<string>} its path
   */
  async newPipeline(folder) {
    await this.check();
    for (let number = 0;; number += 1) {
      const path = `${folder ? `${folder}/` : ""}untitled${number || ""}.pipeline`;
      const response = await this.request("lyre/api/files", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Lyre": "1" },
        body: JSON.stringify({ path }),
      });
      if (response.ok) return (await response.json()).path;
      if (response.status !== 409 || number === 999) {
        throw new Error(await reason(response));
      }
    }
  }

  async request(path, options = {}) {
    const { ServerConnection } = this.lab.services;
    const { URLExt } = this.lab.coreutils;
    try {
      return await ServerConnection.makeRequest(
        URLExt.join(this.base, path),
        options,
        ServerConnection.makeSettings(),
      );
    } catch {
      throw new Problem(
        "The Jupyter server does not answer.",
        "Check that it is running, then try again.",
      );
    }
  }
}

/** Why a request failed: in Lyre's words, in those of Jupyter's page for errors, or the status alone. */
async function reason(response) {
  const text = await response.text();
  try {
    const { message, remedy } = JSON.parse(text).error;
    return remedy ? `${message}; ${remedy}` : message;
  } catch {
    const shown = new DOMParser().parseFromString(text, "text/html")
      .querySelector(".traceback");
    return shown?.textContent.trim() ||
      `the server answered ${response.status} ${response.statusText}`.trim();
  }
}
