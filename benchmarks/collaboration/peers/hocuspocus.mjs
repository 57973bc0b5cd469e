// Hocuspocus as its documentation starts it, with its database extension on a file of SQLite.
//
// The extension for SQLite is this same Database class around better-sqlite3, which has to be
// compiled; Node 22 brings SQLite itself, so the two statements below do its work.
import { DatabaseSync } from 'node:sqlite'
import { Database } from '@hocuspocus/extension-database'
import { Server } from '@hocuspocus/server'

const [port, file, flushDelay] = process.argv.slice(2)
const db = new DatabaseSync(file)
db.exec('CREATE TABLE IF NOT EXISTS documents (name varchar(255) NOT NULL UNIQUE, data blob NOT NULL)')
const find = db.prepare('SELECT data FROM documents WHERE name = ?')
const write = db.prepare(
  'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET data = excluded.data'
)

const server = new Server({
  port: Number(port),
  address: '127.0.0.1',
  quiet: true,
  // `false | number`, in milliseconds; 4.x itself defaults to 0, one turn of the event loop.
  ...(flushDelay === undefined ? {} : { flushDelay: Number(flushDelay) }),
  extensions: [
    new Database({
      fetch: async ({ documentName }) => find.get(documentName)?.data ?? null,
      store: async ({ documentName, state }) => { write.run(documentName, state) }
    })
  ]
})
await server.listen()
console.log('ready')
