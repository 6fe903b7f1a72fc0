/*
 * Part of quickjs_unit.c: what a resident does to its heap before it forks. A worker shares each page with it until it writes
 * to one, and then the kernel copies it; most of what a worker would write to there is reference counts. So all that is there
 * by then is kept: its references are not counted any more (JS_REF_KEPT in quickjs.patch), and it is never freed.
 */

/* A margin, as the engine sometimes takes back what it did not count. */
#define KEPT (JS_REF_KEPT + JS_REF_KEPT / 2)

static void keep_text_value(JSValueConst value) {
  if (JS_VALUE_GET_TAG(value) == JS_TAG_STRING) JS_VALUE_GET_STRING(value)->header.ref_count = KEPT;
}

static void keep_properties(JSObject *object) {
  JSShapeProperty *named = get_shape_prop(object->shape);
  for (int i = 0; i < object->shape->prop_count; i++)
    if ((named[i].flags & JS_PROP_TMASK) == JS_PROP_NORMAL) keep_text_value(object->prop[i].u.value);
  if (object->fast_array && object->class_id == JS_CLASS_ARRAY)
    for (uint32_t i = 0; i < object->u.array.count; i++) keep_text_value(object->u.array.u.values[i]);
}

static void keep_object(JSGCObjectHeader *header) {
  if (header->gc_obj_type == JS_GC_OBJ_TYPE_JS_OBJECT) {
    keep_properties((JSObject *)header);
  } else if (header->gc_obj_type == JS_GC_OBJ_TYPE_FUNCTION_BYTECODE) {
    JSFunctionBytecode *function = (JSFunctionBytecode *)header;
    for (int i = 0; i < function->cpool_count; i++) keep_text_value(function->cpool[i]);
  } else if (header->gc_obj_type == JS_GC_OBJ_TYPE_VAR_REF) {
    JSVarRef *variable = (JSVarRef *)header;
    if (variable->is_detached) keep_text_value(variable->value);
  } else if (header->gc_obj_type != JS_GC_OBJ_TYPE_SHAPE) {
    return; /* what runs and the context come to an end */
  }
  header->ref_count = KEPT;
}

/* What has not been called yet is read here, once, instead of in each worker. */
static void read_all_functions(JSContext *ctx) {
  struct list_head *el;
  list_for_each(el, &ctx->rt->gc_obj_list) {
    JSFunctionBytecode *function = list_entry(el, JSFunctionBytecode, header.link);
    if (function->header.gc_obj_type != JS_GC_OBJ_TYPE_FUNCTION_BYTECODE || !function->unread) continue;
    if (JS_ReadFunctionBody(ctx, function)) JS_FreeValue(ctx, JS_GetException(ctx));
  }
}

void share_heap(JSContext *ctx);

void share_heap(JSContext *ctx) {
  JSRuntime *rt = ctx->rt;
  JS_RunGC(rt);
  read_all_functions(ctx);
  struct list_head *el;
  list_for_each(el, &rt->gc_obj_list) keep_object(list_entry(el, JSGCObjectHeader, link));
  for (int i = 1; i < rt->atom_size; i++)
    if (!atom_is_free(rt->atom_array[i])) rt->atom_array[i]->header.ref_count = KEPT;
}
