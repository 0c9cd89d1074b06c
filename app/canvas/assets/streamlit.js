// The few messages by which the page and the app talk; nothing else leaves this frame.
"use strict";
const Host = {
  _post(type, more) {
    window.parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...more }, "*");
  },
  ready() { this._post("componentReady", { apiVersion: 1 }); },
  height(pixels) { this._post("setFrameHeight", { height: pixels }); },
  say(value) { this._post("setComponentValue", { value, dataType: "json" }); },
  hear(draw) {
    window.addEventListener("message", (event) => {
      if (event.source === window.parent && event.data && event.data.type === "streamlit:render") {
        draw(event.data.args);
      }
    });
  },
};
