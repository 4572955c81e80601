import { useEffect, useEffectEvent } from "react";

/** Calls `onKeys` for ⌘K and Ctrl+K, and for `/` outside of fields. */
export function usePaletteKeys(onKeys: () => void): void {
  const call = useEffectEvent(onKeys);
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      const isChord = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
      const isTyping = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]") !== null;
      if (!isChord && (event.key !== "/" || isTyping || event.metaKey || event.ctrlKey || event.altKey)) return;
      event.preventDefault();
      call();
    }
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
