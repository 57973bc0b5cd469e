// One page in the browser for every address; the server knows only the API.

export const ssr = false;
export const prerender = false;
