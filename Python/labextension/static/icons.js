// The icons, in the colours of the theme (the classes jp-icon* are JupyterLab's).

const svg = (content) => `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">${content}</svg>`;

export const lyreIcon = svg(
  '<rect width="16" height="16" rx="4" fill="#3056b8"/><path d="M4.5 3c0 4-1.2 6.6.9 8.8 1.4 1.4 3.8 1.4 5.2 0C12.7 9.6 11.5 7 11.5 3M3.5 4.5h9M6.5 4.5v7M8 4.5v8M9.5 4.5v7" fill="none" stroke="#fff" stroke-width="1.1" stroke-linecap="round"/>',
);

export const pipelineIcon = svg(
  '<g class="jp-icon3" fill="#616161"><rect x="1" y="2" width="5.5" height="4" rx="1"/><rect x="1" y="10" width="5.5" height="4" rx="1"/><rect x="10" y="6" width="5" height="4" rx="1"/><path d="M6.500 3.500h1.250q1 0 1 1v2.750h1.250v1.500H8.750v2.750q0 1-1 1H6.500v-1.200h.900q.250 0 .250-.250V4.950q0-.250-.250-.250h-.900z"/></g>',
);

export const runsIcon = svg(
  '<g class="jp-icon3" fill="#616161"><rect x="1" y="2.500" width="7" height="2.500" rx="1"/><rect x="4.500" y="6.750" width="7" height="2.500" rx="1"/><rect x="9" y="11" width="6" height="2.500" rx="1"/></g>',
);
