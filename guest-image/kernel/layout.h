/*
 * How the layout*.c files say a number to build-layout.ts: as a line of assembly, `.ascii "->NAME $VALUE"` (as the kernel does
 * for its asm-offsets.h, see include/linux/kbuild.h). Names are the kernel's.
 */
#include <linux/kbuild.h>

#define FIELD(type, member) \
	asm volatile("\n.ascii \"->" #type "." #member " %0\"" : : "i" (offsetof(struct type, member)))
#define SIZE(type) asm volatile("\n.ascii \"->sizeof(" #type ") %0\"" : : "i" (sizeof(struct type)))
#define CONSTANT(name) asm volatile("\n.ascii \"->" #name " %0\"" : : "i" (name))
