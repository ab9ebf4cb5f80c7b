// GraphQL Yoga and Apollo Server over the schemas that are given as files: one server for each pair, on a
// free port of loopback. Prints their URLs as one line of JSON, and ends when its standard input does.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename } from 'node:path'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'

const Mutation = {
  initializeSession: (_, { session_secure_id }) => ({
    secure_id: session_secure_id ?? 'minted',
    project_id: '1',
  }),
  identifySession: (_, { session_secure_id }) => {
    throw new GraphQLError(`failed to find ${session_secure_id}`, { extensions: { code: 'GONE' } })
  },
  addTrackProperties: (_, { session_secure_id }) => session_secure_id,
  pushPayload: () => 24,
  pushPayloadCompressed: () => null,
  markBackendSetup: () => {
    throw new GraphQLError('no such backend')
  },
}

const yoga = async (typeDefs, resolvers) => {
  const schema = createSchema({ typeDefs, resolvers })
  const server = createServer(createYoga({ schema, graphqlEndpoint: '/', logging: false }))
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${server.address().port}/`
}

const apollo = async (typeDefs, resolvers) => {
  const server = new ApolloServer({ typeDefs, resolvers, introspection: true })
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } })
  return url
}

const urls = {}
for (const file of process.argv.slice(2)) {
  const typeDefs = readFileSync(file, 'utf8')
  const known = Object.entries(Mutation).filter(([name]) => typeDefs.includes(`  ${name}(`))
  const resolvers = { Mutation: Object.fromEntries(known) }
  const name = basename(file, '.graphql')
  urls[`yoga ${name}`] = await yoga(typeDefs, resolvers)
  urls[`apollo ${name}`] = await apollo(typeDefs, resolvers)
}
console.log(JSON.stringify(urls))
process.stdin.on('end', () => process.exit(0)).resume()
