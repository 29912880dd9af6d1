"""How Meanwhile is packaged, deployed and run. Nothing here is shipped to Lambda."""
