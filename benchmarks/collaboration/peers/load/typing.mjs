// W3: everybody types in the same text. Each keeps the text as their editor would, and at the end
// all of them must be equal. A letter's time begins when the key is pressed, not when it is sent.
import json0 from 'ot-json0'
import * as Y from 'yjs'
import { Watch, bytesOf, pace, Lag } from './crowd.mjs'
import { idOf, keyOf } from './client.mjs'
import { round, sleep } from './measuring.mjs'

const LETTERS = 'etaoin shrdlu'

// One edit under way, the letters typed meanwhile wait for its acknowledgement.
class OneByOne {
  constructor (client, text) {
    this.client = client
    this.text = text
    this.caret = Math.floor(Math.random() * (text.length + 1))
    this.flying = false
    this.waiting = ''
    this.heard = new Map()
  }

  type (letter) {
    this.waiting += letter
    this.flush()
  }

  // What a backspace would take away must be there already.
  erase () {
    if (this.flying || this.waiting || this.caret === 0) return false
    this.flying = true
    this.sendErase(this.caret)
    return true
  }

  flush () {
    if (this.flying || !this.waiting) return
    this.flying = true
    this.sendInsert(this.caret, this.waiting)
    this.waiting = ''
  }

  inserted (at, text, sender) {
    this.text = this.text.slice(0, at) + text + this.text.slice(at)
    if (sender === this.client.number) this.caret = at + text.length
    else if (at <= this.caret) this.caret += text.length
    for (let i = 0; i < text.length; i++) {
      const count = (this.heard.get(sender) ?? -1) + 1
      this.heard.set(sender, count)
      this.letter(keyOf(sender, count))
    }
  }

  deleted (at, length, sender) {
    this.text = this.text.slice(0, at) + this.text.slice(at + length)
    if (sender === this.client.number) this.caret = at
    else if (at < this.caret) this.caret = Math.max(at, this.caret - length)
  }
}

class StudioTypist extends OneByOne {
  constructor (client, text) {
    super(client, text)
    client.applied = (done, sender) => {
      for (const op of done.ops) if (op.op === 'text.edit') this.apply(op.delta, sender)
      if (sender === client.number) this.flying = false
      this.flush()
    }
  }

  apply (delta, sender) {
    let at = 0
    for (const part of delta) {
      if (typeof part === 'string') {
        this.inserted(at, part, sender)
        at += part.length
      } else if (part > 0) at += part
      else this.deleted(at, -part, sender)
    }
  }

  sendInsert (at, text) {
    this.client.edit(0, this.client.version, at ? [at, text] : [text])
  }

  sendErase (at) {
    this.client.edit(0, this.client.version, at > 1 ? [at - 1, -1] : [-1])
  }
}

class ShareDbTypist extends OneByOne {
  constructor (client, text) {
    super(client, text)
    const id = idOf(0)
    client.applied = (message, sender) => {
      if (message.d !== id) return
      if (sender === client.number) {
        this.apply(this.op, sender)
        this.op = null
        this.flying = false
      } else {
        // As ShareDB's own client has it: what is under way moves over what came before it.
        if (this.op) this.op = json0.type.transform(this.op, message.op, 'left')
        this.apply(message.op, sender)
      }
      this.version = message.v + 1
      this.flush()
    }
    this.version = client.versions.get(id)
  }

  apply (op, sender) {
    for (const { p, si, sd } of op) {
      if (si !== undefined) this.inserted(p[1], si, sender)
      if (sd !== undefined) this.deleted(p[1], sd.length, sender)
    }
  }

  submit (op) {
    this.op = op
    this.client.send({ a: 'op', d: idOf(0), v: this.version, seq: ++this.client.count, x: {}, op })
  }

  sendInsert (at, text) { this.submit([{ p: ['prompt', at], si: text }]) }

  sendErase (at) { this.submit([{ p: ['prompt', at - 1], sd: this.text[at - 1] }]) }
}

class YjsTypist {
  constructor (client, text) {
    this.client = client
    const doc = this.doc = client.doc
    doc.clientID = client.id
    this.shared = doc.getMap('nodes').get(idOf(0)).get('prompt')
    this.caret = Math.floor(Math.random() * (text.length + 1))
    doc.on('update', (update, origin) => {
      if (origin !== 'remote') client.socket.send(client.update(update))
    })
    this.shared.observe(event => {
      if (event.transaction.local) return
      let at = 0
      for (const { retain = 0, insert = '', delete: gone = 0 } of event.delta) {
        at += retain
        if (insert && at <= this.caret) this.caret += insert.length
        if (gone && at < this.caret) this.caret = Math.max(at, this.caret - gone)
        at += insert.length
      }
    })
    client.applied = update => Y.applyUpdate(doc, update, 'remote')
    client.arrived = key => this.letter(key)
  }

  get text () { return this.shared.toString() }

  type (letter) {
    this.shared.insert(this.caret, letter)
    this.caret += letter.length
  }

  erase () {
    if (this.caret === 0) return false
    this.shared.delete(--this.caret, 1)
    return true
  }
}

const typistOf = { studio: StudioTypist, sharedb: ShareDbTypist }

export async function typing (wire, config, { report, told }) {
  const { clients, rate = 6, seconds } = config
  const Typist = typistOf[config.system.split('-')[0]] ?? YjsTypist
  const watch = new Watch()
  await told('join')
  const typists = []
  const crowd = []
  for (let number = 0; number < clients; number++) {
    const client = wire.client(number)
    watch.watch(client)
    const arrived = client.arrived
    client.arrived = null
    const { state } = await client.join({ decode: true })
    const typist = new Typist(client, state.prompts[0])
    typist.letter = arrived
    typists.push(typist)
    crowd.push(client)
  }
  report('joined')
  await told('go')
  const lag = new Lag()
  const halts = typists.map((typist, number) => {
    let count = 0
    return pace(rate, lag, at => {
      if (Math.random() < 0.1 && typist.erase()) return
      const key = keyOf(number, count++)
      watch.note(key, at, true)
      typist.type(LETTERS[Math.floor(Math.random() * LETTERS.length)])
    })
  })
  await sleep((config.warm ?? 1) * 1000)
  const bytes = bytesOf(crowd)
  watch.begin()
  report('begin', { name: 'typing' })
  await sleep(seconds * 1000)
  report('end', { name: 'typing' })
  const late = lag.stop()
  const received = bytesOf(crowd) - bytes
  for (const halt of halts) halt()
  const result = await watch.end()
  await sleep(500)
  const { state } = await wire.client(901).join({ decode: true })
  const differs = typists.filter(typist => typist.text !== state.prompts[0]).length
  for (const client of crowd) client.drop()
  report('done', {
    ...result,
    bytes: round(received / result.ops / clients),
    length: state.prompts[0].length,
    differs,
    lag: late,
    trouble: wire.trouble
  })
}

