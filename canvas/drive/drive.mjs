// Starts the driver, which is TypeScript: `node drive/drive.mjs --url … --token … --seed 1`.
import { register } from 'tsx/esm/api';

register();
await import('./drive.ts');
