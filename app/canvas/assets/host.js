// The few messages by which the page and the app talk; nothing else leaves this frame.
function post(type, more) {
  window.parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...more }, "*");
}

export const Host = {
  ready() { post("componentReady", { apiVersion: 1 }); },
  height(pixels) { post("setFrameHeight", { height: pixels }); },
  say(value) { post("setComponentValue", { value, dataType: "json" }); },
  // Nobody but the page that holds this frame is listened to.
  hear(draw) {
    window.addEventListener("message", (event) => {
      if (event.source === window.parent && event.data && event.data.type === "streamlit:render") {
        draw(event.data.args);
      }
    });
  },
};
