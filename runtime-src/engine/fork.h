/* The two ways a child process of this one goes on with JavaScript. */
#ifndef FORK_H
#define FORK_H
#include "engine.h"

/* Runs in the child, never returns: calls `child` on an empty loop; with `stay` and no number returned, runs the loop. */
__attribute__((noreturn)) void run_forked_child(JSContext *ctx, JSValueConst child, bool stay);
/* In a forked copy of a resident's worker: the client is the worker's, not ours (mod_resident.c). */
void resident_forget_client(void);
/* The client, if there is one, ends now: it need not wait while this process's memory is taken apart. */
void resident_end_client(int exit_code);
/* Prints the pending exception to stderr. */
void print_exception(JSContext *ctx);
#endif
