// Runs in every page before its own scripts, and tells the bench what a person would notice. `bench` is the bench's ear
// (CDP Runtime.addBinding); times are milliseconds since the navigation began. It looks once a frame, so that nothing
// counts before it could have been seen, and never makes the page lay itself out for that.
(() => {
  // Frames of other documents are not what is waited for.
  if (window !== window.top || !location.protocol.startsWith("http")) return;
  const tell = (what, more) => bench(JSON.stringify({ what, at: performance.now(), ...more }));

  const isSeen = (element) => {
    const place = element.getBoundingClientRect();
    return place.width > 0 && place.height > 0 && place.top < innerHeight && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const username = "input[autocomplete~=username]";

  let hasField = false;
  let hasRows = false;
  const look = () => {
    if (!hasField) {
      const field = document.querySelector(username);
      if (field && !field.disabled && !field.readOnly && isSeen(field)) {
        hasField = true;
        const place = field.getBoundingClientRect();
        tell("field", { x: place.x + place.width / 2, y: place.y + place.height / 2 });
      }
    }
    if (!hasRows) {
      const row = document.querySelector("table tbody tr");
      if (row && row.textContent && isSeen(row)) {
        hasRows = true;
        tell("rows");
      }
    }
    if (!hasRows) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  let hasKey = false;
  addEventListener(
    "input",
    (event) => {
      if (hasKey || !event.target.matches?.(username)) return;
      hasKey = true;
      tell("key");
    },
    true,
  );

  addEventListener("keydown", (event) => event.key === "Enter" && tell("enter"), true);

  // What is asked for at the end.
  const seen = { paint: null, shifts: [], memories: [] };
  Object.defineProperty(window, "benchSeen", { value: seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) seen.paint = entry.startTime;
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, startTime, hadRecentInput, sources } of list.getEntries()) {
      const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
      const sentence = ({ node, previousRect, currentRect }) =>
        `${node?.nodeName?.toLowerCase()}${node?.id ? `#${node.id}` : ""} from ${place(previousRect)} to ${place(currentRect)}`;
      const what = sources.map(sentence).join(", ");
      seen.shifts.push({ value, at: startTime, isAnswer: hadRecentInput, what });
    }
  }).observe({ type: "layout-shift", buffered: true });

  // The memory that WebAssembly asks for is in no heap.
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await original.apply(WebAssembly, given);
      const { exports } = made.instance ?? made;
      seen.memories.push(...Object.values(exports).filter((part) => part instanceof WebAssembly.Memory));
      return made;
    };
  }
})();
