/*
 * QuickJS itself, compiled as one unit with what its API lacks: forgetting queued jobs, and making text
 * quickly (plain_json.h, kept_text.h, plain_concat.h). A forked child that goes on with its own event loop must not run the promise reactions that its parent
 * has still queued.
 */
#include "quickjs.h"

/* Bytecode is executed and properties are found here: whatever the rest is compiled for, these are for speed. */
#ifdef __OPTIMIZE_SIZE__
#define FAST __attribute__((optimize("O2")))
static JSValue JS_CallInternal(JSContext *ctx, JSValueConst function, JSValueConst this_value, JSValueConst new_target,
                               int argc, JSValue *argv, int flags) FAST;
#endif

#include "quickjs.c"

void drop_jobs(JSRuntime *rt);

void drop_jobs(JSRuntime *rt) {
  struct list_head *el, *next;
  list_for_each_safe(el, next, &rt->job_list) {
    JSJobEntry *entry = list_entry(el, JSJobEntry, link);
    for (int i = 0; i < entry->argc; i++) JS_FreeValueRT(rt, entry->argv[i]);
    js_free_rt(rt, entry);
  }
  init_list_head(&rt->job_list);
}

/* JS_NewStringLen without looking at each byte. */
JSValue new_ascii(JSContext *ctx, const char *text, size_t size);

JSValue new_ascii(JSContext *ctx, const char *text, size_t size) { return js_new_string8_len(ctx, text, size); }

#include "plain_json.h"

#include "kept_text.h"

#include "plain_concat.h"

#include "shared_heap.h"
