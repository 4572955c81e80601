import { passOnThrough } from "@/server/pass-on";
import { isStaffToken } from "@/server/role";
import { isOpenToStaff } from "@/server/staff-doors";

const passOn = passOnThrough((method, path, token) => isStaffToken(token) && isOpenToStaff(method, path));

export { passOn as DELETE, passOn as GET, passOn as PATCH, passOn as POST, passOn as PUT };
