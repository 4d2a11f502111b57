/** From the teacher's page to a screen of one's own: the class says where, once. */

import { RoomError, RoomSocket } from "../class/wire.js";

/** Rejects where there is none now. @param {string} code @param {string} key @returns {Promise<string>} */
export function ownScreen(code, key) {
  return new Promise((resolve, reject) => {
    const socket = new RoomSocket({
      entry: () => ({ type: "enter", code, key, as: "learner" }),
      async entered() {
        try {
          const found = await socket.send("own");
          resolve(/** @type {{link: string}} */ (found).link);
        } catch (error) {
          reject(error);
        } finally {
          socket.close();
        }
      },
      event() {},
      frame() {},
      line() {},
      refused(refusal) {
        reject(new RoomError(refusal));
        return false;
      },
    });
    socket.open();
  });
}
