/** Types of what the bundler and packages without types of their own give us. */

declare module "*.wasm?url" {
  const url: string;
  export default url;
}

declare module "*?worker&url" {
  const url: string;
  export default url;
}

/** The prebuilt file of simple-peer 9.11: only what web/src/adapters/webrtc.ts uses of it. */
declare module "simple-peer/simplepeer.min.js" {
  interface Options {
    initiator: boolean;
    trickle: false;
    iceCompleteTimeout: number;
    objectMode: true;
    config: RTCConfiguration;
    /** What it takes for the browser's classes. */
    wrtc: {
      RTCPeerConnection: new (config: RTCConfiguration) => unknown;
      RTCSessionDescription: typeof RTCSessionDescription;
      RTCIceCandidate: typeof RTCIceCandidate;
    };
  }
  interface Description {
    type: string;
    sdp?: string;
  }
  class Peer {
    constructor(options: Options);
    readonly destroyed: boolean;
    /** Bytes that wait in the data channel. */
    readonly bufferSize: number;
    signal(description: Description): void;
    send(piece: Uint8Array<ArrayBuffer>): void;
    destroy(): void;
    on(event: "signal", heard: (description: Description) => void): this;
    on(event: "data", heard: (piece: Uint8Array | string) => void): this;
    on(event: "connect" | "close", heard: () => void): this;
    on(event: "error", heard: (error: Error) => void): this;
  }
  export default Peer;
}
