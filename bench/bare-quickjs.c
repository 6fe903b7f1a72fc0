/* QuickJS and nothing else: what a program on it costs before it does anything of its own. */
#include <string.h>

#include "quickjs.h"

int main(void) {
  static const char source[] = "1";
  JSContext *ctx = JS_NewContext(JS_NewRuntime());
  JSValue value = JS_Eval(ctx, source, strlen(source), "bare.js", JS_EVAL_TYPE_GLOBAL);
  return JS_IsException(value);
}
