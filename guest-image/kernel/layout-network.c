/*
 * Network devices, addresses, routes, sockets, nftables. Structures that a .c file of the kernel keeps to itself are mirrored,
 * each with the file it mirrors.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/net.h>
#include <linux/rhashtable.h>
#include <linux/scatterlist.h>
#include <linux/virtio.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_tables.h>
#include <net/netfilter/nf_tables_core.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include <net/vxlan.h>
#include <net/xdp.h>
#include <net/netfilter/nf_nat.h>
#include "net/ipv4/fib_lookup.h"
#include "layout.h"

/* drivers/net/veth.c */
struct veth_stats {
	u64 rx_drops;
	u64 xdp_packets;
	u64 xdp_bytes;
	u64 xdp_redirect;
	u64 xdp_drops;
	u64 xdp_tx;
	u64 xdp_tx_err;
	u64 peer_tq_xdp_xmit;
	u64 peer_tq_xdp_xmit_err;
};

/* drivers/net/veth.c */
struct veth_rq_stats {
	struct veth_stats vs;
	struct u64_stats_sync syncp;
};

/* drivers/net/veth.c, up to what is read */
struct veth_rq {
	struct napi_struct xdp_napi;
	struct napi_struct *napi;
	struct net_device *dev;
	struct bpf_prog *xdp_prog;
	struct xdp_mem_info xdp_mem;
	struct veth_rq_stats stats;
};

/* drivers/net/veth.c */
struct veth_priv {
	struct net_device *peer;
	atomic64_t dropped;
	struct bpf_prog *_xdp_prog;
	struct veth_rq *rq;
	unsigned int requested_headroom;
};

/* net/core/dev.c */
struct netdev_adjacent {
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	bool master;
	bool ignore;
	u16 ref_nr;
	void *private;
	struct list_head list;
	struct rcu_head rcu;
};

/* drivers/net/virtio_net.c */
struct virtnet_sq_stats {
	struct u64_stats_sync syncp;
	u64 packets;
	u64 bytes;
	u64 xdp_tx;
	u64 xdp_tx_drops;
	u64 kicks;
	u64 tx_timeouts;
};

/* drivers/net/virtio_net.c */
struct virtnet_rq_stats {
	struct u64_stats_sync syncp;
	u64 packets;
	u64 bytes;
	u64 drops;
};

/* drivers/net/virtio_net.c, up to what is read */
struct send_queue {
	struct virtqueue *vq;
	struct scatterlist sg[MAX_SKB_FRAGS + 2];
	char name[40];
	struct virtnet_sq_stats stats;
};

/* drivers/net/virtio_net.c, up to what is read */
struct receive_queue {
	struct virtqueue *vq;
	struct napi_struct napi;
	struct bpf_prog *xdp_prog;
	struct virtnet_rq_stats stats;
};

/* drivers/net/virtio_net.c, up to what is read */
struct virtnet_info {
	struct virtio_device *vdev;
	struct virtqueue *cvq;
	struct net_device *dev;
	struct send_queue *sq;
	struct receive_queue *rq;
};

/* net/ipv4/fib_trie.c */
struct key_vector {
	unsigned int key;
	unsigned char pos;
	unsigned char bits;
	unsigned char slen;
	union {
		struct hlist_head leaf;
		DECLARE_FLEX_ARRAY(struct key_vector *, tnode);
	};
};

/* net/netfilter/nft_nat.c */
struct nft_nat {
	u8 sreg_addr_min;
	u8 sreg_addr_max;
	u8 sreg_proto_min;
	u8 sreg_proto_max;
	enum nf_nat_manip_type type : 8;
	u8 family;
	u16 flags;
};

/* net/netfilter/nft_lookup.c, up to what is read */
struct nft_lookup {
	struct nft_set *set;
	u8 sreg;
	u8 dreg;
	bool invert;
};

/* net/netfilter/nft_cmp.c */
struct nft_cmp_expr {
	struct nft_data data;
	u8 sreg;
	u8 len;
	enum nft_cmp_ops op : 8;
};

/* net/netfilter/nft_range.c */
struct nft_range_expr {
	struct nft_data data_from;
	struct nft_data data_to;
	u8 sreg;
	u8 len;
	enum nft_range_ops op : 8;
};

/* net/netfilter/nft_set_hash.c */
struct nft_hash {
	u32 seed;
	u32 buckets;
	struct hlist_head table[];
};

/* net/netfilter/nft_set_rbtree.c, up to what is read */
struct nft_rbtree {
	struct rb_root root;
};

/* net/netfilter/nft_set_bitmap.c, up to what is read */
struct nft_bitmap {
	struct list_head list;
};

void devices(void);
void device_figures(void);
void sockets(void);
void routes(void);
void nftables(void);

void devices(void)
{
	FIELD(net, dev_base_head);
	FIELD(net, dev_base_seq);
	FIELD(net, gen);
	FIELD(net_device, name);
	FIELD(net_device, dev_list);
	FIELD(net_device, nd_net);
	FIELD(net_device, ifindex);
	FIELD(net_device, flags);
	FIELD(net_device, gflags);
	FIELD(net_device, state);
	FIELD(net_device, operstate);
	FIELD(net_device, mtu);
	FIELD(net_device, type);
	FIELD(net_device, addr_len);
	FIELD(net_device, dev_addr);
	FIELD(net_device, rtnl_link_ops);
	FIELD(net_device, netdev_ops);
	FIELD(net_device, ip_ptr);
	FIELD(net_device, adj_list.upper);
	FIELD(netdev_adjacent, list);
	FIELD(netdev_adjacent, dev);
	FIELD(netdev_adjacent, master);
	FIELD(rtnl_link_ops, kind);
	FIELD(in_device, ifa_list);
	FIELD(in_ifaddr, ifa_next);
	FIELD(in_ifaddr, ifa_local);
	FIELD(in_ifaddr, ifa_broadcast);
	FIELD(in_ifaddr, ifa_prefixlen);
	FIELD(in_ifaddr, ifa_label);
	CONSTANT(IFNAMSIZ);
	CONSTANT(ARPHRD_LOOPBACK);
	CONSTANT(__LINK_STATE_START);
	CONSTANT(__LINK_STATE_NOCARRIER);
	CONSTANT(__LINK_STATE_DORMANT);
	asm volatile("\n.ascii \"->netdev_priv %0\"" : : "i" (ALIGN(sizeof(struct net_device), NETDEV_ALIGN)));
	FIELD(veth_priv, peer);
	FIELD(vxlan_dev, cfg.dst_port);
	FIELD(vxlan_dev, default_dst.remote_ip);
	FIELD(vxlan_dev, default_dst.remote_vni);
	FIELD(sockaddr_in, sin_addr);
	FIELD(sockaddr_in, sin_family);
}

void device_figures(void)
{
	FIELD(net_device, stats);
	FIELD(net_device, core_stats);
	FIELD(net_device, lstats);
	FIELD(net_device_stats, rx_packets);
	FIELD(net_device_stats, tx_packets);
	FIELD(net_device_stats, rx_bytes);
	FIELD(net_device_stats, tx_bytes);
	FIELD(net_device_stats, rx_errors);
	FIELD(net_device_stats, tx_errors);
	FIELD(net_device_stats, rx_dropped);
	FIELD(net_device_stats, tx_dropped);
	FIELD(net_device_core_stats, rx_dropped);
	FIELD(net_device_core_stats, tx_dropped);
	FIELD(pcpu_sw_netstats, rx_packets);
	FIELD(pcpu_sw_netstats, rx_bytes);
	FIELD(pcpu_sw_netstats, tx_packets);
	FIELD(pcpu_sw_netstats, tx_bytes);
	FIELD(pcpu_lstats, packets);
	FIELD(pcpu_lstats, bytes);
	FIELD(veth_priv, dropped);
	FIELD(veth_priv, rq);
	FIELD(veth_rq, stats.vs.rx_drops);
	FIELD(veth_rq, stats.vs.xdp_packets);
	FIELD(veth_rq, stats.vs.xdp_bytes);
	FIELD(veth_rq, stats.vs.xdp_tx_err);
	FIELD(veth_rq, stats.vs.peer_tq_xdp_xmit_err);
	FIELD(virtnet_info, sq);
	FIELD(virtnet_info, rq);
	FIELD(send_queue, stats.packets);
	FIELD(send_queue, stats.bytes);
	FIELD(send_queue, stats.tx_timeouts);
	FIELD(receive_queue, stats.packets);
	FIELD(receive_queue, stats.bytes);
	FIELD(receive_queue, stats.drops);
}

void sockets(void)
{
	FIELD(socket_alloc, vfs_inode);
	FIELD(socket_alloc, socket.sk);
	FIELD(sock, sk_family);
	FIELD(sock, sk_state);
	FIELD(sock, sk_protocol);
	FIELD(sock, sk_net);
	FIELD(sock, sk_uid);
	FIELD(sock, sk_rcv_saddr);
	FIELD(sock, sk_num);
	FIELD(unix_sock, addr);
	FIELD(unix_address, len);
	FIELD(unix_address, name);
	CONSTANT(AF_UNIX);
	CONSTANT(AF_INET);
	CONSTANT(IPPROTO_TCP);
	CONSTANT(IPPROTO_UDP);
	CONSTANT(TCP_LISTEN);
	CONSTANT(TCP_CLOSE);
}

void routes(void)
{
	FIELD(net, ipv4.fib_table_hash);
	CONSTANT(FIB_TABLE_HASHSZ);
	CONSTANT(RT_TABLE_MAIN);
	FIELD(fib_table, tb_hlist);
	FIELD(fib_table, tb_id);
	FIELD(fib_table, tb_data);
	FIELD(key_vector, key);
	FIELD(key_vector, pos);
	FIELD(key_vector, bits);
	FIELD(key_vector, leaf);
	FIELD(key_vector, tnode);
	FIELD(fib_alias, fa_list);
	FIELD(fib_alias, fa_info);
	FIELD(fib_alias, fa_type);
	FIELD(fib_alias, fa_slen);
	FIELD(fib_alias, tb_id);
	FIELD(fib_info, fib_nhs);
	FIELD(fib_info, fib_prefsrc);
	FIELD(fib_info, fib_nh);
	FIELD(fib_nh, nh_common.nhc_oif);
	FIELD(fib_nh, nh_common.nhc_gw_family);
	FIELD(fib_nh, nh_common.nhc_gw);
	CONSTANT(RTN_UNICAST);
}

void nftables(void)
{
	FIELD(nftables_pernet, tables);
	FIELD(nft_table, list);
	FIELD(nft_table, chains);
	FIELD(nft_table, use);
	FIELD(nft_table, name);
	FIELD(nft_chain, rules);
	FIELD(nft_chain, list);
	FIELD(nft_chain, use);
	FIELD(nft_chain, name);
	FIELD(nft_base_chain, ops.hooknum);
	FIELD(nft_base_chain, ops.priority);
	FIELD(nft_base_chain, type);
	FIELD(nft_base_chain, policy);
	FIELD(nft_base_chain, chain);
	FIELD(nft_chain_type, name);
	FIELD(nft_rule, list);
	FIELD(nft_rule, data);
	SIZE(list_head);
	FIELD(nft_expr, ops);
	FIELD(nft_expr, data);
	FIELD(nft_expr_ops, size);
	FIELD(nft_expr_ops, type);
	FIELD(nft_expr_type, name);
	FIELD(nft_immediate_expr, data);
	FIELD(nft_immediate_expr, dreg);
	FIELD(nft_cmp_fast_expr, data);
	FIELD(nft_cmp_fast_expr, sreg);
	FIELD(nft_cmp_fast_expr, inv);
	FIELD(nft_cmp_expr, data);
	FIELD(nft_cmp_expr, sreg);
	FIELD(nft_cmp_expr, len);
	FIELD(nft_range_expr, data_from);
	FIELD(nft_range_expr, data_to);
	FIELD(nft_range_expr, sreg);
	FIELD(nft_range_expr, len);
	FIELD(nft_payload, offset);
	FIELD(nft_payload, len);
	FIELD(nft_payload, dreg);
	FIELD(nft_nat, sreg_addr_min);
	FIELD(nft_nat, sreg_proto_min);
	FIELD(nft_nat, sreg_proto_max);
	FIELD(nft_lookup, set);
	FIELD(nft_lookup, sreg);
	FIELD(nft_lookup, dreg);
	FIELD(nft_lookup, invert);
	FIELD(nft_set, ops);
	FIELD(nft_set, klen);
	FIELD(nft_set, dlen);
	FIELD(nft_set, data);
	FIELD(nft_set_type, ops);
	FIELD(nft_set_ops, elemsize);
	FIELD(nft_set_ext, offset);
	FIELD(nft_hash, buckets);
	FIELD(nft_hash, table);
	FIELD(nft_rbtree, root.rb_node);
	FIELD(rb_node, rb_left);
	FIELD(rb_node, rb_right);
	FIELD(nft_bitmap, list);
	FIELD(rhashtable, tbl);
	FIELD(bucket_table, size);
	FIELD(bucket_table, nest);
	FIELD(bucket_table, buckets);
	CONSTANT(NFT_SET_EXT_KEY);
	CONSTANT(NFT_SET_EXT_DATA);
	CONSTANT(NFT_SET_EXT_FLAGS);
	CONSTANT(NFT_SET_ELEM_INTERVAL_END);
	CONSTANT(NFT_CMP_EQ);
	CONSTANT(NFT_CMP_LT);
	CONSTANT(NFT_CMP_LTE);
	CONSTANT(NFT_CMP_GT);
	CONSTANT(NFT_CMP_GTE);
	CONSTANT(NFT_RANGE_EQ);
	CONSTANT(NFT_CHAIN_BASE);
	CONSTANT(NFT_PAYLOAD_TRANSPORT_HEADER);
}
