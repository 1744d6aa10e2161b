// For the container's health check: does the node on this port say that it is ready?
const answer = await fetch(`http://127.0.0.1:${process.argv[2]}/health/ready`).catch(() => ({}));
process.exit(answer.status === 200 ? 0 : 1);
