/*
 * The event loop, on epoll(7): timers, then descriptors, then immediates, as Node orders its phases; after each callback
 * first the nextTick queue, then promise jobs. It blocks in epoll_wait(2) and nowhere polls.
 * Descriptors that epoll refuses (EPERM: regular files, /dev/null) count as always ready, as poll(2) treats them.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"

#define EVENTS_PER_WAIT 32

typedef struct {
  uint32_t registered; /* events epoll knows, 0 when the descriptor is not in it */
  bool always_ready;
} FdState;

typedef struct Timer {
  int id;
  bool ref, dead;
  int64_t due_ns, interval_ns; /* interval 0: once */
  JSValue callback;
  struct Timer *next;
} Timer;

static int epoll_fd = -1;
static Watch *watches;
static FdState *fd_states;
static int fd_room;
static Timer *timers; /* sorted by due time; equal times keep their order */
static JSValue *immediates;
static int immediate_count, immediate_room;
static int next_id = 1;
static bool watches_died;
static JSValue tick_function = STATIC_UNDEFINED, empty_function = STATIC_UNDEFINED;
static bool tick_wanted;

int64_t monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* --- jobs --- */
void run_jobs(JSContext *ctx) {
  JSContext *job_ctx;
  for (;;) {
    if (tick_wanted) {
      tick_wanted = false;
      JSValue result = JS_Call(ctx, tick_function, JS_UNDEFINED, 0, NULL);
      if (JS_IsException(result)) fatal_exception(ctx);
      JS_FreeValue(ctx, result);
    }
    int ran;
    while ((ran = JS_ExecutePendingJob(engine.rt, &job_ctx)) != 0)
      if (ran < 0) fatal_exception(job_ctx);
    if (tick_wanted) continue;
    report_rejections(ctx);
    if (!tick_wanted && !JS_IsJobPending(engine.rt)) return;
  }
}

void call_back(JSContext *ctx, JSValueConst callback, int argc, JSValueConst *argv) {
  JSValue function = JS_DupValue(ctx, callback);
  JSValue result = JS_Call(ctx, function, JS_UNDEFINED, argc, argv);
  if (JS_IsException(result)) fatal_exception(ctx);
  JS_FreeValue(ctx, result);
  JS_FreeValue(ctx, function);
  run_jobs(ctx);
}

/* --- descriptors --- */
static FdState *fd_state(int fd) {
  if (fd >= fd_room) {
    int room = fd + 32;
    fd_states = realloc(fd_states, room * sizeof(FdState));
    if (!fd_states) abort();
    memset(fd_states + fd_room, 0, (room - fd_room) * sizeof(FdState));
    fd_room = room;
  }
  return &fd_states[fd];
}

static uint32_t wanted_events(int fd) {
  uint32_t events = 0;
  for (Watch *watch = watches; watch; watch = watch->next)
    if (watch->fd == fd && !watch->dead) events |= watch->events;
  return events;
}

/* Brings epoll in line with the watches of one descriptor. Answers 0 or errno. */
static int register_fd(int fd) {
  FdState *state = fd_state(fd);
  uint32_t wanted = wanted_events(fd);
  if (!wanted) {
    if (state->registered) epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    *state = (FdState){0};
    return 0;
  }
  if (epoll_fd < 0 && (epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0) return errno;
  struct epoll_event event = {.events = wanted, .data.fd = fd};
  int operation = state->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  int r = epoll_ctl(epoll_fd, operation, fd, &event);
  /* the number may have been closed and used again since */
  if (r < 0 && errno == ENOENT) r = epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
  if (r < 0 && errno == EEXIST) r = epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &event);
  if (r < 0 && errno != EPERM) return errno;
  state->always_ready = r < 0;
  state->registered = r < 0 ? 0 : wanted;
  return 0;
}

Watch *watch_add(int fd, uint32_t events, WatchEvent *on_event, JSValue callback, void *data) {
  if (fd < 0) {
    errno = EBADF;
    return NULL;
  }
  Watch *watch = calloc(1, sizeof(*watch));
  if (!watch) abort();
  *watch = (Watch){next_id++, fd, events, true, false, on_event, callback, data, watches};
  watches = watch;
  int err = register_fd(fd);
  if (err) {
    watches = watch->next;
    free(watch);
    errno = err;
    return NULL;
  }
  return watch;
}

void watch_remove(Watch *watch) {
  if (watch->dead) return;
  watch->dead = true;
  watches_died = true;
  register_fd(watch->fd);
}

Watch *watch_by_id(int id) {
  for (Watch *watch = watches; watch; watch = watch->next)
    if (watch->id == id && !watch->dead) return watch;
  return NULL;
}

static void bury_watches(JSContext *ctx) {
  if (!watches_died) return;
  watches_died = false;
  for (Watch **at = &watches; *at;) {
    Watch *watch = *at;
    if (!watch->dead) {
      at = &watch->next;
      continue;
    }
    *at = watch->next;
    JS_FreeValue(ctx, watch->callback);
    free(watch);
  }
}

static void dispatch(int fd, uint32_t events) {
  for (Watch *watch = watches; watch; watch = watch->next) {
    if (watch->fd != fd || watch->dead) continue;
    if (events & (watch->events | EPOLLERR | EPOLLHUP)) watch->on_event(watch, events);
  }
}

/* --- timers --- */
static void insert_timer(Timer *timer) {
  Timer **at = &timers;
  while (*at && (*at)->due_ns <= timer->due_ns) at = &(*at)->next;
  timer->next = *at;
  *at = timer;
}

static Timer **timer_place(int id) {
  for (Timer **at = &timers; *at; at = &(*at)->next)
    if ((*at)->id == id) return at;
  return NULL;
}

/* Each timer due at the start runs once; what callbacks add waits for the next turn. */
static void run_timers(JSContext *ctx) {
  int64_t now = monotonic_ns();
  int last_id = next_id;
  while (timers && timers->due_ns <= now && timers->id < last_id) {
    Timer *timer = timers;
    timers = timer->next;
    JSValue callback = JS_DupValue(ctx, timer->callback);
    if (timer->interval_ns) {
      timer->due_ns = now + timer->interval_ns;
      insert_timer(timer);
    } else {
      JS_FreeValue(ctx, timer->callback);
      free(timer);
    }
    call_back(ctx, callback, 0, NULL);
    JS_FreeValue(ctx, callback);
  }
}

static void run_immediates(JSContext *ctx) {
  int count = immediate_count;
  JSValue *queue = immediates;
  immediates = NULL;
  immediate_count = immediate_room = 0;
  for (int i = 0; i < count; i++) {
    call_back(ctx, queue[i], 0, NULL);
    JS_FreeValue(ctx, queue[i]);
  }
  free(queue);
}

/* --- the loop --- */
static bool alive(void) {
  if (immediate_count) return true;
  for (Watch *watch = watches; watch; watch = watch->next)
    if (watch->ref && !watch->dead) return true;
  for (Timer *timer = timers; timer; timer = timer->next)
    if (timer->ref) return true;
  return false;
}

static bool run_always_ready(void) {
  bool any = false;
  for (Watch *watch = watches; watch; watch = watch->next) {
    if (watch->dead || watch->fd >= fd_room || !fd_states[watch->fd].always_ready) continue;
    any = true;
    watch->on_event(watch, watch->events & (EPOLLIN | EPOLLOUT));
  }
  return any;
}

static int wait_ms(void) {
  if (immediate_count) return 0;
  for (Watch *watch = watches; watch; watch = watch->next)
    if (!watch->dead && fd_states[watch->fd].always_ready) return 0;
  if (!timers) return -1;
  int64_t left_ns = timers->due_ns - monotonic_ns();
  if (left_ns <= 0) return 0;
  int64_t left_ms = (left_ns + 999999) / 1000000;
  return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

static void wait_for_events(void) {
  struct epoll_event events[EVENTS_PER_WAIT];
  if (epoll_fd < 0 && (epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0) return;
  int count = epoll_wait(epoll_fd, events, EVENTS_PER_WAIT, wait_ms());
  for (int i = 0; i < count; i++) dispatch(events[i].data.fd, events[i].events);
  run_always_ready();
}

void loop_run(JSContext *ctx) {
  run_jobs(ctx);
  for (;;) {
    run_timers(ctx);
    bury_watches(ctx);
    if (!alive()) {
      /* process.on("beforeExit"), which may ask for more work */
      if (!JS_IsFunction(ctx, empty_function)) return;
      call_back(ctx, empty_function, 0, NULL);
      if (!alive()) return;
    }
    wait_for_events();
    bury_watches(ctx);
    run_immediates(ctx);
  }
}

void loop_reset(void) {
  if (epoll_fd >= 0) close(epoll_fd);
  epoll_fd = -1;
  /* the values are not freed: they belong to memory that the parent's frames may still hold */
  watches = NULL;
  timers = NULL;
  immediates = NULL;
  immediate_count = immediate_room = 0;
  if (fd_states) memset(fd_states, 0, fd_room * sizeof(FdState));
  tick_wanted = false;
  empty_function = JS_UNDEFINED;
  drop_jobs(engine.rt);
  forget_rejections();
  signals_reset();
}

/* --- native:loop --- */
static void on_js_watch(Watch *watch, uint32_t events) {
  (void)events;
  call_back(engine.ctx, watch->callback, 0, NULL);
}

FUNCTION(watch_fd) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  int writable = JS_ToBool(ctx, argv[1]);
  JSValue callback = JS_DupValue(ctx, argv[2]);
  Watch *watch = watch_add(fd, writable ? EPOLLOUT : EPOLLIN, on_js_watch, callback, NULL);
  if (watch) return JS_NewInt32(ctx, watch->id);
  JS_FreeValue(ctx, callback);
  return throw_errno(ctx, errno, "epoll_ctl", NULL);
}

FUNCTION(unwatch) {
  UNUSED_ARGUMENTS;
  ARG_INT(id, 0);
  Watch *watch = watch_by_id(id);
  if (watch) watch_remove(watch);
  return JS_UNDEFINED;
}

FUNCTION(ref_watch) {
  UNUSED_ARGUMENTS;
  ARG_INT(id, 0);
  Watch *watch = watch_by_id(id);
  if (watch) watch->ref = JS_ToBool(ctx, argv[1]);
  return JS_UNDEFINED;
}

FUNCTION(set_timer) {
  UNUSED_ARGUMENTS;
  ARG_DOUBLE(delay_ms, 0);
  Timer *timer = calloc(1, sizeof(*timer));
  if (!timer) abort();
  if (!(delay_ms >= 1 && delay_ms <= INT_MAX)) delay_ms = 1; /* as Node's setTimeout */
  int64_t delay_ns = (int64_t)(delay_ms * 1e6);
  bool repeat = JS_ToBool(ctx, argv[2]);
  *timer = (Timer){next_id++, true, false, monotonic_ns() + delay_ns, repeat ? delay_ns : 0,
                   JS_DupValue(ctx, argv[1]), NULL};
  insert_timer(timer);
  return JS_NewInt32(ctx, timer->id);
}

FUNCTION(clear_timer) {
  UNUSED_ARGUMENTS;
  ARG_INT(id, 0);
  Timer **at = timer_place(id);
  if (!at) return JS_UNDEFINED;
  Timer *timer = *at;
  *at = timer->next;
  JS_FreeValue(ctx, timer->callback);
  free(timer);
  return JS_UNDEFINED;
}

FUNCTION(ref_timer) {
  UNUSED_ARGUMENTS;
  ARG_INT(id, 0);
  Timer **at = timer_place(id);
  if (at) (*at)->ref = JS_ToBool(ctx, argv[1]);
  return JS_UNDEFINED;
}

FUNCTION(set_immediate) {
  UNUSED_ARGUMENTS;
  if (immediate_count == immediate_room) {
    immediate_room = immediate_room ? immediate_room * 2 : 8;
    immediates = realloc(immediates, immediate_room * sizeof(JSValue));
    if (!immediates) abort();
  }
  immediates[immediate_count++] = JS_DupValue(ctx, argv[0]);
  return JS_UNDEFINED;
}

FUNCTION(set_hooks) {
  UNUSED_ARGUMENTS;
  JS_FreeValue(ctx, tick_function);
  JS_FreeValue(ctx, empty_function);
  tick_function = JS_DupValue(ctx, argv[0]);
  empty_function = JS_DupValue(ctx, argv[1]);
  return JS_UNDEFINED;
}

FUNCTION(is_alive) {
  UNUSED_ARGUMENTS;
  return JS_NewBool(ctx, alive());
}

FUNCTION(request_tick) {
  UNUSED_ARGUMENTS;
  (void)ctx;
  tick_wanted = true;
  return JS_UNDEFINED;
}

static JSValue run_microtask(JSContext *ctx, int argc, JSValueConst *argv) {
  (void)argc;
  return JS_Call(ctx, argv[0], JS_UNDEFINED, 0, NULL);
}

FUNCTION(queue_microtask) {
  UNUSED_ARGUMENTS;
  return JS_EnqueueJob(ctx, run_microtask, 1, argv) < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

FUNCTION(now_ms) {
  UNUSED_ARGUMENTS;
  return JS_NewFloat64(ctx, (double)monotonic_ns() / 1e6);
}

FUNCTION(now_ns) {
  UNUSED_ARGUMENTS;
  return JS_NewBigInt64(ctx, monotonic_ns());
}

const JSCFunctionListEntry native_loop[] = {
    JS_CFUNC_DEF("watch", 3, watch_fd),
    JS_CFUNC_DEF("unwatch", 1, unwatch),
    JS_CFUNC_DEF("refWatch", 2, ref_watch),
    JS_CFUNC_DEF("setTimer", 3, set_timer),
    JS_CFUNC_DEF("clearTimer", 1, clear_timer),
    JS_CFUNC_DEF("refTimer", 2, ref_timer),
    JS_CFUNC_DEF("setImmediate", 1, set_immediate),
    JS_CFUNC_DEF("setHooks", 2, set_hooks),
    JS_CFUNC_DEF("isAlive", 0, is_alive),
    JS_CFUNC_DEF("requestTick", 0, request_tick),
    JS_CFUNC_DEF("queueMicrotask", 1, queue_microtask),
    JS_CFUNC_DEF("nowMs", 0, now_ms),
    JS_CFUNC_DEF("nowNs", 0, now_ns),
};
const int native_loop_count = countof(native_loop);
