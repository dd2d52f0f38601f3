"""A Ray of several nodes on this machine, for the tests: prints its address, kills the last node when it is told to.

    python tests/engine/nodes.py 2        "kill\\n" on its input kills a node at once, the end of its input ends everything
"""

from __future__ import annotations

import sys

from ray.cluster_utils import Cluster

NODE = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}

if __name__ == "__main__":
    # each node on a loopback address of its own; not 127.0.0.1, which Ray takes for "this machine" and replaces by an outer address
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "node_ip_address": "127.0.0.2"})
    others = [cluster.add_node(**NODE, node_ip_address=f"127.0.0.{number + 3}") for number in range(int(sys.argv[1]) - 1)]
    print(cluster.address, flush=True)
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(others.pop(), allow_graceful=False)
            print("killed", flush=True)
    cluster.shutdown()
