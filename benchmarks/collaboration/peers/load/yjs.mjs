// The wires of Hocuspocus and y-websocket. Updates are written in Yjs' own encoding (version 1),
// without a document for each client: fifty documents that integrate 500 updates a second each
// would take more of the machine than the server.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { Client, Wire, idOf, indexOf, keyOf, seedNodes } from './client.mjs'

const FIRST = 1000 // client ids below are the seed's
const LEFT = 128 // an item says what stands left of it
const NAMED = 32 // an item is the value of a key
const ANY = 8
const STRING = 4
const TYPE = 7

export class YjsWire extends Wire {
  constructor (config) {
    super(config)
    this.hocuspocus = config.system.startsWith('hocuspocus')
    this.seeds = []
    // The newest value that clients have seen of each field, which the next value replaces.
    this.seen = new Map()
    this.fields = new Map()
  }

  address (client) {
    return { port: this.config.port, path: this.hocuspocus ? '/' : `/${this.name(client.room)}` }
  }

  name (room) { return `${this.config.run}-${room}` }

  client (number, room) { return new YjsClient(this, number, room) }

  async seed (count, rooms = 1) {
    const update = this.remember(count)
    for (let room = 0; room < rooms; room++) {
      const seeder = this.client(0, room)
      seeder.sampled = true
      await seeder.join()
      seeder.socket.send(seeder.update(update))
      // Answered when the update was taken.
      const copy = this.client(0, room)
      for (;;) {
        const { state } = await copy.join({ decode: true })
        copy.drop()
        if (state.positions.length === count) break
      }
      seeder.drop()
    }
  }

  // The update that makes the nodes, and where their fields are.
  remember (count) {
    const doc = new Y.Doc()
    doc.clientID = 1
    const nodes = doc.getMap('nodes')
    doc.transact(() => {
      for (const { id, n, prompt, ...fields } of seedNodes(count)) {
        const node = new Y.Map(Object.entries(fields))
        node.set('prompt', new Y.Text(prompt))
        nodes.set(id, node)
      }
    })
    for (const [id, node] of nodes) {
      const n = indexOf(id)
      for (const field of ['pos', 'name']) this.seen.set(`${n}.${field}`, node._map.get(field).id)
      let last = node.get('prompt')._start
      while (last.right) last = last.right
      this.seen.set(`${n}.prompt`, last.lastId)
    }
    return Y.encodeStateAsUpdate(doc)
  }
}

class YjsClient extends Client {
  id = FIRST + this.number
  clock = 0
  awareness = 0
  doc = null

  message (write) {
    const out = encoding.createEncoder()
    if (this.wire.hocuspocus) encoding.writeVarString(out, this.wire.name(this.room))
    write(out)
    return encoding.toUint8Array(out)
  }

  greeting (resume) {
    const asked = this.message(out => {
      encoding.writeVarUint(out, 0)
      encoding.writeVarUint(out, 0)
      encoding.writeVarUint8Array(out, resume ?? new Uint8Array([0]))
    })
    if (!this.wire.hocuspocus) return [asked]
    const named = this.message(out => {
      encoding.writeVarUint(out, 2)
      encoding.writeVarUint(out, 0)
      encoding.writeVarString(out, 'token')
    })
    return [named, asked]
  }

  open (payload) {
    const from = decoding.createDecoder(payload)
    if (this.wire.hocuspocus) decoding.readVarString(from)
    return [from, decoding.readVarUint(from)]
  }

  stateIn (payload) {
    const [from, kind] = this.open(payload)
    if (kind === 7) this.wire.note(`closed: ${decoding.readVarString(from)}`)
    const isState = (kind === 0 || kind === 4) && decoding.readVarUint(from) === 1
    return isState ? decoding.readVarUint8Array(from) : null
  }

  decode (update) {
    const doc = this.doc = new Y.Doc()
    Y.applyUpdate(doc, update)
    const positions = []
    const prompts = []
    for (const [id, node] of doc.getMap('nodes')) {
      positions[indexOf(id)] = node.get('pos')
      prompts[indexOf(id)] = node.get('prompt')?.toString()
    }
    return { positions, prompts, nodes: positions.length, vector: Y.encodeStateVector(doc) }
  }

  read (payload) {
    const [from, kind] = this.open(payload)
    if (kind === 1) return this.readAwareness(decoding.createDecoder(decoding.readVarUint8Array(from)))
    if ((kind !== 0 && kind !== 4) || decoding.readVarUint(from) === 0) return
    const update = decoding.readVarUint8Array(from)
    this.applied?.(update)
    for (const struct of Y.decodeUpdate(update).structs) {
      const sender = struct.id.client - FIRST
      for (let i = 0; i < struct.length; i++) {
        const key = keyOf(sender, struct.id.clock + i)
        const field = this.wire.fields.get(key)
        if (field) {
          this.wire.seen.set(field, { client: struct.id.client, clock: struct.id.clock + i })
          this.wire.fields.delete(key)
        }
        this.arrived?.(key)
      }
    }
  }

  readAwareness (from) {
    for (let left = decoding.readVarUint(from); left > 0; left--) {
      const sender = decoding.readVarUint(from) - FIRST
      decoding.readVarUint(from)
      const state = JSON.parse(decoding.readVarString(from))
      if (state) this.cursorArrived?.(keyOf(sender, state.cursor[0]))
    }
  }

  update (update) {
    return this.message(out => {
      encoding.writeVarUint(out, 0)
      encoding.writeVarUint(out, 2)
      encoding.writeVarUint8Array(out, update)
    })
  }

  // Sends an update of `structs` items, which `write` writes, that deletes the items of `gone`.
  submit (structs, write, gone, field) {
    const out = encoding.createEncoder()
    encoding.writeVarUint(out, structs ? 1 : 0)
    if (structs) {
      encoding.writeVarUint(out, structs)
      encoding.writeVarUint(out, this.id)
      encoding.writeVarUint(out, this.clock)
      write(out)
    }
    encoding.writeVarUint(out, gone ? 1 : 0)
    if (gone) {
      encoding.writeVarUint(out, gone.client)
      encoding.writeVarUint(out, 1)
      encoding.writeVarUint(out, gone.clock)
      encoding.writeVarUint(out, 1)
    }
    const key = keyOf(this.number, this.clock)
    if (field) this.wire.fields.set(key, field)
    this.clock += structs
    this.socket.send(this.update(encoding.toUint8Array(out)))
    return key
  }

  set (name, value) {
    const field = this.place(name)
    const old = this.wire.seen.get(field) ?? this.wire.seen.get(name)
    return this.submit(1, out => {
      encoding.writeUint8(out, ANY | LEFT | NAMED)
      writeId(out, old)
      encoding.writeVarUint(out, 1)
      encoding.writeAny(out, value)
    }, old, field)
  }

  // Fields are the room's; in one that nobody has written yet, they are the seed's.
  place (name) { return `${this.room}/${name}` }

  move (n, x, y) { return this.set(`${n}.pos`, [x, y]) }

  property (n, value) { return this.set(`${n}.name`, value) }

  add (n) {
    const parent = { client: this.id, clock: this.clock }
    const fields = Object.entries({ type: 'film.shot', pos: [0, 0], code: String(n) })
    this.wire.seen.set(this.place(n), parent)
    return this.submit(1 + fields.length, out => {
      encoding.writeUint8(out, TYPE | NAMED)
      encoding.writeVarUint(out, 1)
      encoding.writeVarString(out, 'nodes')
      encoding.writeVarString(out, idOf(n))
      encoding.writeVarUint(out, 1)
      for (const [name, value] of fields) {
        encoding.writeUint8(out, ANY | NAMED)
        encoding.writeVarUint(out, 0)
        writeId(out, parent)
        encoding.writeVarString(out, name)
        encoding.writeVarUint(out, 1)
        encoding.writeAny(out, value)
      }
    }, null)
  }

  // A deletion has no item of its own, and so no key.
  remove (n) {
    this.submit(0, null, this.wire.seen.get(this.place(n)))
    return null
  }

  type (n, letter) {
    const field = this.place(`${n}.prompt`)
    const left = this.wire.seen.get(field) ?? this.wire.seen.get(`${n}.prompt`)
    this.wire.seen.set(field, { client: this.id, clock: this.clock })
    return this.submit(1, out => {
      encoding.writeUint8(out, STRING | LEFT)
      writeId(out, left)
      encoding.writeVarString(out, letter)
    }, null)
  }

  cursor (count) {
    this.socket.send(this.message(out => {
      encoding.writeVarUint(out, 1)
      const state = encoding.createEncoder()
      encoding.writeVarUint(state, 1)
      encoding.writeVarUint(state, this.id)
      encoding.writeVarUint(state, ++this.awareness)
      encoding.writeVarString(state, JSON.stringify({ cursor: [count, this.number] }))
      encoding.writeVarUint8Array(out, encoding.toUint8Array(state))
    }))
    return keyOf(this.number, count)
  }

  resume () { return Y.encodeStateVector(this.doc) }
}

function writeId (out, id) {
  encoding.writeVarUint(out, id.client)
  encoding.writeVarUint(out, id.clock)
}
