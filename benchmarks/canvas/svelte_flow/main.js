import { mount } from 'svelte';
import App from './App.svelte';

const graph = await (await fetch(`graph-${new URLSearchParams(location.search).get('nodes')}.json`)).json();
mount(App, { target: document.getElementById('app'), props: { graph } });
