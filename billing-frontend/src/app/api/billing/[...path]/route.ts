import { isOpen } from "@/server/doors";
import { passOnThrough } from "@/server/pass-on";

const passOn = passOnThrough(isOpen);

export { passOn as DELETE, passOn as GET, passOn as PATCH, passOn as POST, passOn as PUT };
