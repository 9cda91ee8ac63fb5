// Microphone, voice and the connection to /v1/interpret. Nothing here knows what a page looks like.
(() => {
  const base = new URL(document.currentScript.src);

  // A suspended AudioContext may wait for a touch for ever.
  const awake = (context) => Promise.race([context.resume(), new Promise((done) => setTimeout(done, 1000))])
    .then(() => context.state === "running");

  class Microphone {
    // onLost(name): it was taken away while it listened (NotFoundError) or fell asleep (InvalidStateError).
    constructor(onLost) {
      this.onLost = onLost;
    }

    // onSound(ArrayBuffer of 16-bit samples at 16 kHz). Throws {name} as getUserMedia does, or InsecureOrigin.
    async open(onSound) {
      if (!window.isSecureContext || !navigator.mediaDevices) throw { name: "InsecureOrigin" };
      this.onSound = onSound;
      this.listening = true;
      this.opening = this.opening || this.start();
      try {
        await this.opening;
      } catch (error) {
        this.close();
        throw error;
      }
      // A tablet suspends sound when the screen was dark.
      if (this.context && this.context.state !== "running" && !(await awake(this.context))) {
        this.listening = false;
        throw { name: "InvalidStateError" };
      }
    }

    async start() {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      let context;
      try {
        context = new AudioContext({ sampleRate: 16000 });
        context.createMediaStreamSource(stream).disconnect();
      } catch {
        context = new AudioContext();
      }
      await context.audioWorklet.addModule(new URL("worklet.js", base));
      const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
      node.port.onmessage = (event) => this.listening && this.onSound(event.data);
      context.createMediaStreamSource(stream).connect(node);
      context.onstatechange = () => {
        if (this.context === context && this.listening && context.state !== "running") this.lose("InvalidStateError");
      };
      stream.getAudioTracks()[0].onended = () => {
        if (this.context !== context) return;
        const listened = this.listening;
        this.close();
        if (listened) this.onLost("NotFoundError");
      };
      if (!this.opening) {
        // Closed while the browser still asked for the permission.
        stream.getTracks().forEach((track) => track.stop());
        context.close();
        return;
      }
      this.stream = stream;
      this.context = context;
    }

    lose(name) {
      this.listening = false;
      this.onLost(name);
    }

    pause() {
      this.listening = false;
    }

    close() {
      const { stream, context } = this;
      this.listening = false;
      this.context = this.stream = this.opening = null;
      if (stream) stream.getTracks().forEach((track) => track.stop());
      if (context) context.close();
    }
  }

  class Voice {
    // onQuiet(): what was to be said has been said. onAsleep(): it will be heard only after a touch.
    constructor(onQuiet, onAsleep) {
      this.onQuiet = onQuiet;
      this.onAsleep = onAsleep;
      this.playing = new Set();
      this.end = 0;
    }

    wake() {
      this.context = this.context || new AudioContext();
      if (this.context.state !== "running") this.context.resume();
    }

    play(base64, rate) {
      this.wake();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const samples = new Int16Array(bytes.buffer, 0, bytes.length >> 1);
      if (!samples.length) return;
      const buffer = this.context.createBuffer(1, samples.length, rate);
      const channel = buffer.getChannelData(0);
      for (let i = 0; i < samples.length; i++) channel[i] = samples[i] / 32768;
      const source = this.context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.context.destination);
      const start = Math.max(this.context.currentTime + 0.02, this.end);
      source.start(start);
      this.end = start + buffer.duration;
      this.playing.add(source);
      source.onended = () => {
        this.playing.delete(source);
        if (!this.playing.size) this.onQuiet();
      };
      if (this.context.state !== "running") {
        awake(this.context).then((running) => !running && this.speaking && this.onAsleep());
      }
    }

    stop() {
      for (const source of this.playing) {
        source.onended = null;
        source.stop();
      }
      this.playing.clear();
      this.end = 0;
    }

    get speaking() {
      return this.playing.size > 0;
    }
  }

  class Wire {
    // start: the Start message; onMessage(message); onConnection("connecting" | "open" | "slow" | "lost").
    constructor(start, onMessage, onConnection) {
      this.start = start;
      this.onMessage = onMessage;
      this.onConnection = onConnection;
      this.after = start.after || 0;
      this.wait = 500;
      this.waiting = [];
      this.connect();
    }

    connect() {
      if (this.closed) return;
      this.onConnection("connecting");
      const url = new URL("/v1/interpret", location.href);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(url);
      socket.binaryType = "arraybuffer";
      this.socket = socket;
      socket.onopen = () => {
        socket.send(JSON.stringify({ type: "Start", ...this.start, after: this.after }));
      };
      socket.onmessage = (event) => {
        const message = JSON.parse(event.data);
        if (message.type === "Ready") {
          this.wait = 500;
          // Come back to the same room, should the connection be lost.
          this.start = { ...this.start, room: message.room, key: message.key || "" };
          this.ready = true;
          this.onConnection("open");
          for (const each of this.waiting.splice(0)) socket.send(each);
        }
        if (message.type === "Problem" && message.code === "no-such-room" && this.start.key) {
          // The program was started anew: the room is gone, the conversation goes on in another.
          this.start = { ...this.start, room: "", key: "" };
          this.after = 0;
          return;
        }
        if (message.sequence && message.type !== "Ready") {
          if (message.sequence <= this.after) return;
          this.after = message.sequence;
        }
        if (message.type === "Closed") this.closed = true;
        this.onMessage(message);
      };
      socket.onclose = () => {
        this.ready = false;
        if (this.closed) return;
        this.onConnection("lost");
        this.next = setTimeout(() => this.connect(), this.wait);
        this.wait = Math.min(10000, this.wait * 2);
      };
    }

    // Try again at once, where the next try is some seconds away.
    hurry() {
      if (this.closed || this.socket.readyState !== WebSocket.CLOSED) return;
      clearTimeout(this.next);
      this.connect();
    }

    send(message) {
      const text = JSON.stringify(message);
      if (this.ready) this.socket.send(text);
      else this.waiting.push(text);
    }

    sound(buffer) {
      // Sound that waits for a slow network would be heard too late; it is dropped, and the page says so.
      if (!this.ready) return;
      if (this.socket.bufferedAmount < 128000) {
        this.slow = false;
        this.socket.send(buffer);
      } else if (!this.slow) {
        this.slow = true;
        this.onConnection("slow");
      }
    }

    close() {
      this.closed = true;
      this.socket.close();
    }
  }

  // Speak a text over the conversation that is open: for pages that have none of their own.
  const say = (text, language, rate = 1) => {
    const { talk } = window.Interpreter;
    if (talk && talk.wire) talk.say(text, language, rate);
  };

  window.Interpreter = Object.assign(window.Interpreter || {}, { Microphone, Voice, Wire, say });
})();
