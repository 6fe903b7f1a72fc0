import own, { named as fromCommonJs } from "./own.cjs";
export default own.value;
export const named = fromCommonJs;
export const url = `${import.meta.url.split("/").pop()} ${import.meta.dirname?.split("/").pop()}`;
